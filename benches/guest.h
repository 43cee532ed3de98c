/* What the measuring programs share. Each is process 1 of a machine whose time-stamp counter counts instructions
 * (QEMU's -icount shift=0), and runs the same way under our kernel and under Linux.
 *
 * Each line of the result is `NAME VALUE`, written to the third serial port. */
#ifndef GUEST_H
#define GUEST_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <termios.h>
#include <unistd.h>

static int results = -1;

/* Instructions since the machine started. */
static inline unsigned long now(void)
{
	unsigned int low, high;
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (unsigned long)high << 32 | low;
}

static void report(const char *name, unsigned long value)
{
	char line[128];
	int length = snprintf(line, sizeof line, "%s %lu\n", name, value);
	if (write(results, line, (size_t)length) != length)
		_exit(1);
}

/* Ends this process if something is not as it should be. */
static inline void check(int ok, const char *what)
{
	if (ok)
		return;
	char line[256];
	int length = snprintf(line, sizeof line, "failed: %s\n", what);
	if (length >= (int)sizeof line)
		length = sizeof line - 1;
	(void)!write(results, line, (size_t)length);
	_exit(1);
}

/* Under Linux the device files are not there yet, and the port is a terminal. */
static void open_results(void)
{
	results = open("/dev/host/results", O_WRONLY);
	if (results >= 0)
		return;
	(void)mount("dev", "/dev", "devtmpfs", 0, NULL);
	results = open("/dev/ttyS2", O_RDWR | O_NOCTTY);
	struct termios settings;
	if (results >= 0 && tcgetattr(results, &settings) == 0) {
		cfmakeraw(&settings);
		cfsetspeed(&settings, B115200);
		(void)tcsetattr(results, TCSANOW, &settings);
	}
}

static void power_off(void)
{
	if (isatty(results)) {
		tcdrain(results);
		if (ioperm(0xf4, 1, 1) == 0)
			outb(0x10, 0xf4);
	}
	reboot(RB_POWER_OFF);
}

#endif
