/* mount and umount2: limits, remounting, binding, moving, expiring; pivot_root. */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

static char block[100000];

/* Where it exists, a place of its own for mounts: as root, or else as root of a user namespace. */
static void set_apart(void)
{
  if (syscall(SYS_unshare, CLONE_NEWNS) == 0 || errno == ENOSYS)
    return;
  assert(syscall(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS) == 0);
}

static void write_file(const char *name, const char *text)
{
  int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0755);
  assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
  close(fd);
}

static int exists(const char *name)
{
  return access(name, F_OK) == 0;
}

/* The line of /proc/self/FILE with " PLACE " in it, PLACE below the working directory; empty if there is none. */
static const char *line(const char *file, const char *place)
{
  static char text[1000];
  char wanted[600], path[100];
  assert(getcwd(wanted + 1, 500));
  wanted[0] = ' ';
  strcat(strcat(strcat(wanted, "/"), place), " ");
  sprintf(path, "/proc/self/%s", file);
  FILE *f = fopen(path, "r");
  assert(f);
  while (fgets(text, sizeof text, f))
    if (strstr(text, wanted)) {
      fclose(f);
      return text;
    }
  fclose(f);
  return "";
}

static void limits(void)
{
  struct statvfs st;
  assert(mkdir("m", 0755) == 0);
  assert(mount("what", "m", "nothing", 0, NULL) == -1 && errno == ENODEV);
  assert(mount("what", "none", "tmpfs", 0, NULL) == -1 && errno == ENOENT);
  assert(mount("what", "m", "tmpfs", 0, "size=x") == -1 && errno == EINVAL);
  write_file("plain", "x");
  assert(mount("what", "plain", "tmpfs", 0, NULL) == -1 && errno == ENOTDIR);
  assert(umount("m") == -1 && errno == EINVAL);
  assert(mount("my source", "m", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,nr_inodes=10,mode=700") == 0);
  assert(statvfs("m", &st) == 0);
  printf("blocks %lu of %lu, nodes %lu of %lu, flags %lx\n", (unsigned long)st.f_bfree, (unsigned long)st.f_blocks,
         (unsigned long)st.f_ffree, (unsigned long)st.f_files, (unsigned long)st.f_flag & (ST_RDONLY | ST_NOSUID | 4));
  struct stat root;
  assert(stat("m", &root) == 0 && (root.st_mode & 07777) == 0700);
  int fd = open("m/big", O_CREAT | O_RDWR, 0600);
  ssize_t first = write(fd, block, sizeof block), second = write(fd, block, 1);
  printf("write %zd, then %zd %s\n", first, second, strerror(errno));
  assert(pwrite(fd, "again", 5, 0) == 5);
  assert(statvfs("m", &st) == 0 && st.f_bfree == 0);
  assert(ftruncate(fd, 4096) == 0 && statvfs("m", &st) == 0 && st.f_bfree == 15);
  int made = 0;
  for (char name[20]; sprintf(name, "m/%d", made), mknod(name, S_IFREG | 0600, 0) == 0;)
    made++;
  int error = errno;
  printf("%d files, then %s\n", made, strerror(error));
  assert(mount(NULL, "m", NULL, MS_REMOUNT, "size=4k") == 0);
  assert(lseek(fd, 0, SEEK_END) == 4096 && write(fd, "x", 1) == -1 && errno == ENOSPC);
  assert(mount(NULL, "m", NULL, MS_REMOUNT, "size=64k") == 0 && write(fd, "x", 1) == 1);
  assert(mount(NULL, "m", NULL, MS_REMOUNT, "size=4k") == -1 && errno == EINVAL);
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL) == -1 && errno == EBUSY);
  assert(umount("m") == -1 && errno == EBUSY);
  close(fd);
  const char *shown = line("mounts", "m");
  printf("shown: source %d, type %d, size %d\n", !strncmp(shown, "my\\040source ", 13), !!strstr(shown, " tmpfs rw,"),
         !!strstr(shown, "size=64k"));
  assert(umount("m") == 0 && !exists("m/big") && line("mounts", "m")[0] == 0);
}

static void read_only(void)
{
  assert(mount("x", "m", "tmpfs", 0, NULL) == 0);
  write_file("m/file", "abc");
  write_file("m/program", "#!/bin/sh\n");
  assert(symlink("file", "m/link") == 0);
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY | MS_NOEXEC | MS_NOSYMFOLLOW, NULL) == 0);
  assert(open("m/file", O_WRONLY) == -1 && errno == EROFS);
  assert(open("m/new", O_CREAT | O_WRONLY, 0600) == -1 && errno == EROFS);
  assert(mkdir("m/dir", 0700) == -1 && errno == EROFS);
  assert(mkdir("m/file", 0700) == -1 && errno == EEXIST);
  assert(unlink("m/file") == -1 && errno == EROFS);
  assert(rename("m/file", "m/other") == -1 && errno == EROFS);
  assert(link("m/file", "m/other") == -1 && errno == EROFS);
  assert(symlink("x", "m/other") == -1 && errno == EROFS);
  assert(chmod("m/file", 0600) == -1 && errno == EROFS);
  assert(truncate("m/file", 0) == -1 && errno == EROFS);
  assert(access("m/file", W_OK) == -1 && errno == EROFS);
  assert(utimensat(AT_FDCWD, "m/file", NULL, 0) == -1 && errno == EROFS);
  int fd = open("m/file", O_RDONLY);
  assert(fd >= 0);
  close(fd);
  assert(execl("m/program", "program", NULL) == -1 && errno == EACCES);
  assert(open("m/link", O_RDONLY) == -1 && errno == ELOOP);
  const char *shown = line("mountinfo", "m");
  printf("info: %d %d\n", !!strstr(shown, " ro,noexec"), !!strstr(shown, " - tmpfs x ro"));
  assert(mount(NULL, "m", NULL, MS_REMOUNT, NULL) == 0);
  write_file("m/file", "abcd");
  assert(umount("m") == 0);
  puts("read only: ok");
}

static void binding(void)
{
  assert(mkdir("b", 0755) == 0 && mount("x", "m", "tmpfs", 0, NULL) == 0);
  assert(mkdir("m/dir", 0755) == 0 && mkdir("m/dir/sub", 0755) == 0);
  write_file("m/dir/file", "1");
  assert(mount("y", "m/dir/sub", "tmpfs", 0, NULL) == 0);
  write_file("m/dir/sub/inner", "2");
  assert(mount("m/dir", "b", NULL, MS_BIND, NULL) == 0);
  assert(exists("b/file") && exists("b/sub") && !exists("b/sub/inner"));
  write_file("b/made", "3");
  assert(exists("m/dir/made"));
  printf("root of the bind mount: %d\n", !!strstr(line("mountinfo", "b"), " /dir "));
  assert(mount(NULL, "b", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0);
  assert(open("b/made", O_WRONLY) == -1 && errno == EROFS);
  write_file("m/dir/made", "4");
  assert(rename("m/dir/made", "b/moved") == -1 && errno == EXDEV);
  assert(rmdir("m/dir/sub") == -1 && errno == EBUSY);
  assert(umount("b") == 0 && !exists("b/file"));
  assert(mount("m/dir", "b", NULL, MS_BIND | MS_REC, NULL) == 0 && exists("b/sub/inner"));
  assert(umount("b") == -1 && errno == EBUSY && umount("b/sub") == 0 && exists("m/dir/sub/inner") && umount("b") == 0);
  write_file("plain", "old");
  write_file("other", "new!");
  struct stat st;
  assert(mount("other", "m", NULL, MS_BIND, NULL) == -1 && errno == ENOTDIR);
  assert(mount("other", "plain", NULL, MS_BIND, NULL) == 0 && stat("plain", &st) == 0 && st.st_size == 4);
  assert(unlink("plain") == -1 && errno == EBUSY);
  assert(umount2("plain", UMOUNT_NOFOLLOW) == 0 && stat("plain", &st) == 0 && st.st_size == 3);
  puts("binding: ok");
}

static void moving(void)
{
  assert(mount("m/dir", "b", NULL, MS_MOVE, NULL) == -1 && errno == EINVAL);
  assert(mount("m", "m/dir", NULL, MS_MOVE, NULL) == -1 && errno == ELOOP);
  assert(mount("m", "plain", NULL, MS_MOVE, NULL) == -1 && errno == EINVAL);
  assert(mount("m", "b", NULL, MS_MOVE, NULL) == 0);
  assert(!exists("m/dir") && exists("b/dir/sub/inner"));
  char path[600], cwd[500];
  assert(getcwd(cwd, sizeof cwd) && chdir("b/dir/sub") == 0 && getcwd(path, sizeof path));
  printf("where: %s\n", path + strlen(cwd));
  assert(chdir("../../..") == 0 && getcwd(path, sizeof path) && !strcmp(path, cwd));
  /* In use, and taken away all the same. */
  int fd = open("b/dir/sub/inner", O_RDWR);
  assert(umount("b/dir/sub") == -1 && errno == EBUSY && umount2("b", MNT_DETACH) == 0);
  assert(!exists("b/dir") && pread(fd, path, 1, 0) == 1 && path[0] == '2' && write(fd, "x", 1) == 1);
  close(fd);
  assert(mount("z", "b", "tmpfs", 0, NULL) == 0);
  assert(umount2("b", MNT_EXPIRE | MNT_DETACH) == -1 && errno == EINVAL);
  assert(umount2("b", MNT_EXPIRE) == -1 && errno == EAGAIN);
  write_file("b/used", "x");
  assert(umount2("b", MNT_EXPIRE) == -1 && errno == EAGAIN);
  assert(umount2("b", MNT_EXPIRE) == 0 && !exists("b/used"));
  assert(umount2("b", 0x100) == -1 && errno == EINVAL);
  puts("moving: ok");
}

/* A mapping uses the mount as the open file did, and may do what the mount allows. */
static void mapping(void)
{
  assert(mount("x", "m", "tmpfs", MS_NOEXEC, NULL) == 0);
  write_file("m/file", block);
  int fd = open("m/file", O_RDWR);
  assert(fd >= 0 && fchmod(fd, 0755) == 0 && ftruncate(fd, 4096) == 0);
  assert(access("m/file", X_OK) == -1 && errno == EACCES && access("m", X_OK) == 0 && access("m/file", R_OK) == 0);
  assert(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED && errno == EPERM);
  char *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  assert(map != MAP_FAILED && mprotect(map, 4096, PROT_READ | PROT_EXEC) == -1 && errno == EACCES);
  assert(mprotect(map, 4096, PROT_READ | PROT_WRITE) == 0 && munmap(map, 4096) == 0);
  map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  assert(map != MAP_FAILED && close(fd) == 0);
  map[0] = 'x';
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL) == -1 && errno == EBUSY);
  assert(umount("m") == -1 && errno == EBUSY && munmap(map, 4096) == 0);
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
  /* Read-only is the file system, for all its mounts; with MS_BIND the mount alone. */
  assert(mount("m", "b", NULL, MS_BIND, NULL) == 0);
  assert(open("b/file", O_WRONLY) == -1 && errno == EROFS);
  assert(mount(NULL, "b", NULL, MS_REMOUNT, NULL) == 0);
  assert(open("m/file", O_WRONLY) == -1 && errno == EROFS && (fd = open("b/file", O_WRONLY)) >= 0);
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL) == -1 && errno == EBUSY);
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == 0);
  close(fd);
  assert(mount(NULL, "m", NULL, MS_REMOUNT | MS_RDONLY, NULL) == 0);
  assert(open("b/file", O_WRONLY) == -1 && errno == EROFS);
  assert(umount("b") == 0 && umount("m") == 0);
  puts("mapping: ok");
}

/* What is used after its mount went is still one tree. */
static void detached(void)
{
  struct stat st;
  assert(mount("x", "m", "tmpfs", 0, NULL) == 0 && mkdir("m/dir", 0755) == 0);
  int dir = open("m/dir", O_RDONLY | O_DIRECTORY), root = open("m", O_RDONLY | O_DIRECTORY);
  assert(umount2("m", MNT_DETACH) == 0);
  close(openat(dir, "file", O_CREAT | O_WRONLY, 0600));
  assert(unlinkat(root, "dir/file", 0) == 0 && fstatat(dir, "file", &st, 0) == -1 && errno == ENOENT);
  int fd = openat(root, "dir/file", O_CREAT | O_EXCL | O_WRONLY, 0600);
  assert(fd >= 0 && fstatat(dir, "file", &st, 0) == 0);
  assert(openat(dir, "file", O_CREAT | O_EXCL | O_WRONLY, 0600) == -1 && errno == EEXIST);
  close(fd);
  close(dir);
  close(root);
  puts("detached: ok");
}

static void pivoting(void)
{
  /* The working directory is on the mount of the root; on another one this would be EINVAL, as "m" is no mount. */
  assert(syscall(SYS_pivot_root, "m", "m") == -1 && errno == EBUSY);
  pid_t child = fork();
  if (child == 0) {
    assert(mount("outer", "m", "tmpfs", 0, NULL) == 0 && chroot("m") == 0 && chdir("/") == 0);
    assert(mkdir("/new", 0755) == 0 && mount("inner", "/new", "tmpfs", 0, NULL) == 0);
    assert(mkdir("/new/old", 0755) == 0 && mkdir("/other", 0755) == 0);
    write_file("/outer-file", "o");
    write_file("/new/inner-file", "i");
    assert(syscall(SYS_pivot_root, "/new", "/other") == -1 && errno == EBUSY);
    assert(syscall(SYS_pivot_root, "/", "/new/old") == -1 && errno == EBUSY);
    assert(syscall(SYS_pivot_root, "/new", "/new/old") == 0);
    assert(exists("/inner-file") && exists("/old/outer-file") && !exists("/outer-file"));
    char path[100];
    assert(getcwd(path, sizeof path) && !strcmp(path, "/") && exists("inner-file"));
    assert(umount2("/old", MNT_DETACH) == 0 && !exists("/old/outer-file"));
    _exit(0);
  }
  int status;
  assert(waitpid(child, &status, 0) == child && status == 0);
  printf("the new root is where the old one was: %d\n", exists("m/inner-file"));
  assert(umount("m") == 0 && !exists("m/inner-file"));
}

int main(void)
{
  setvbuf(stdout, NULL, _IOLBF, 0);
  set_apart();
  assert(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
  umask(022);
  limits();
  read_only();
  binding();
  moving();
  mapping();
  detached();
  pivoting();
  return 0;
}
