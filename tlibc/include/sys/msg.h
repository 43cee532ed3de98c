/* sys/msg.h: POSIX.1 XSI. */
#ifndef _SYS_MSG_H
#define _SYS_MSG_H 1
#include <features.h>
#include <sys/ipc.h>
/*@ types size_t ssize_t pid_t time_t msqid_ds */
typedef unsigned long msgqnum_t;
typedef unsigned long msglen_t;
#define MSG_NOERROR 010000
#define MSG_COPY 040000
#define MSG_EXCEPT 020000
#if __TL_MISC
struct msgbuf {
  long mtype;
  char mtext[1];
};
struct msginfo {
  int msgpool, msgmap, msgmax, msgmnb, msgmni, msgssz, msgtql;
  unsigned short msgseg;
};
#define MSG_STAT 11
#define MSG_INFO 12
#define MSG_STAT_ANY 13
#endif
__BEGIN_DECLS
/*@ functions msgget msgsnd msgrcv msgctl */
__END_DECLS
#endif
