/* The commands of the multi-call program; each is a main of its own. */
#ifndef TOOLS_H
#define TOOLS_H

/* Prints "NAME: what: strerror(errno)" and returns 1, the status of a command that failed. */
int fail(const char *what);

int cat_main(int argc, char **argv);
int cp_main(int argc, char **argv);
int ls_main(int argc, char **argv);
int mkdir_main(int argc, char **argv);
int mv_main(int argc, char **argv);
int rm_main(int argc, char **argv);
int rmdir_main(int argc, char **argv);
int touch_main(int argc, char **argv);
int wc_main(int argc, char **argv);

int date_main(int argc, char **argv);
int env_main(int argc, char **argv);
int free_main(int argc, char **argv);
int kill_main(int argc, char **argv);
int poweroff_main(int argc, char **argv);
int ps_main(int argc, char **argv);
int reboot_main(int argc, char **argv);
int sleep_main(int argc, char **argv);
int uname_main(int argc, char **argv);

#endif
