/* sys/queue.h: linked lists as macros (BSD). */
#ifndef _SYS_QUEUE_H
#define _SYS_QUEUE_H 1
#include <features.h>
#include <stddef.h>
#define SLIST_HEAD(name, type) struct name { struct type *slh_first; }
#define SLIST_HEAD_INITIALIZER(head) { NULL }
#define SLIST_ENTRY(type) struct { struct type *sle_next; }
#define SLIST_FIRST(head) ((head)->slh_first)
#define SLIST_EMPTY(head) ((head)->slh_first == NULL)
#define SLIST_NEXT(elm, field) ((elm)->field.sle_next)
#define SLIST_INIT(head) ((void)((head)->slh_first = NULL))
#define SLIST_FOREACH(var, head, field) \
  for ((var) = SLIST_FIRST(head); (var); (var) = SLIST_NEXT(var, field))
#define SLIST_INSERT_HEAD(head, elm, field) \
  do { \
    (elm)->field.sle_next = (head)->slh_first; \
    (head)->slh_first = (elm); \
  } while (0)
#define SLIST_INSERT_AFTER(at, elm, field) \
  do { \
    (elm)->field.sle_next = (at)->field.sle_next; \
    (at)->field.sle_next = (elm); \
  } while (0)
#define SLIST_REMOVE_HEAD(head, field) ((void)((head)->slh_first = (head)->slh_first->field.sle_next))
#define SLIST_REMOVE(head, elm, type, field) \
  do { \
    struct type **__at = &(head)->slh_first; \
    while (*__at != (elm)) __at = &(*__at)->field.sle_next; \
    *__at = (elm)->field.sle_next; \
  } while (0)
#define LIST_HEAD(name, type) struct name { struct type *lh_first; }
#define LIST_HEAD_INITIALIZER(head) { NULL }
#define LIST_ENTRY(type) struct { struct type *le_next; struct type **le_prev; }
#define LIST_FIRST(head) ((head)->lh_first)
#define LIST_EMPTY(head) ((head)->lh_first == NULL)
#define LIST_NEXT(elm, field) ((elm)->field.le_next)
#define LIST_INIT(head) ((void)((head)->lh_first = NULL))
#define LIST_FOREACH(var, head, field) \
  for ((var) = LIST_FIRST(head); (var); (var) = LIST_NEXT(var, field))
#define LIST_INSERT_HEAD(head, elm, field) \
  do { \
    if (((elm)->field.le_next = (head)->lh_first) != NULL) \
      (head)->lh_first->field.le_prev = &(elm)->field.le_next; \
    (head)->lh_first = (elm); \
    (elm)->field.le_prev = &(head)->lh_first; \
  } while (0)
#define LIST_INSERT_AFTER(at, elm, field) \
  do { \
    if (((elm)->field.le_next = (at)->field.le_next) != NULL) \
      (at)->field.le_next->field.le_prev = &(elm)->field.le_next; \
    (at)->field.le_next = (elm); \
    (elm)->field.le_prev = &(at)->field.le_next; \
  } while (0)
#define LIST_INSERT_BEFORE(at, elm, field) \
  do { \
    (elm)->field.le_prev = (at)->field.le_prev; \
    (elm)->field.le_next = (at); \
    *(at)->field.le_prev = (elm); \
    (at)->field.le_prev = &(elm)->field.le_next; \
  } while (0)
#define LIST_REMOVE(elm, field) \
  do { \
    if ((elm)->field.le_next != NULL) (elm)->field.le_next->field.le_prev = (elm)->field.le_prev; \
    *(elm)->field.le_prev = (elm)->field.le_next; \
  } while (0)
#define STAILQ_HEAD(name, type) struct name { struct type *stqh_first; struct type **stqh_last; }
#define STAILQ_HEAD_INITIALIZER(head) { NULL, &(head).stqh_first }
#define STAILQ_ENTRY(type) struct { struct type *stqe_next; }
#define STAILQ_FIRST(head) ((head)->stqh_first)
#define STAILQ_EMPTY(head) ((head)->stqh_first == NULL)
#define STAILQ_NEXT(elm, field) ((elm)->field.stqe_next)
#define STAILQ_INIT(head) \
  ((void)((head)->stqh_first = NULL, (head)->stqh_last = &(head)->stqh_first))
#define STAILQ_FOREACH(var, head, field) \
  for ((var) = STAILQ_FIRST(head); (var); (var) = STAILQ_NEXT(var, field))
#define STAILQ_INSERT_HEAD(head, elm, field) \
  do { \
    if (((elm)->field.stqe_next = (head)->stqh_first) == NULL) \
      (head)->stqh_last = &(elm)->field.stqe_next; \
    (head)->stqh_first = (elm); \
  } while (0)
#define STAILQ_INSERT_TAIL(head, elm, field) \
  do { \
    (elm)->field.stqe_next = NULL; \
    *(head)->stqh_last = (elm); \
    (head)->stqh_last = &(elm)->field.stqe_next; \
  } while (0)
#define STAILQ_REMOVE_HEAD(head, field) \
  do { \
    if (((head)->stqh_first = (head)->stqh_first->field.stqe_next) == NULL) \
      (head)->stqh_last = &(head)->stqh_first; \
  } while (0)
#define STAILQ_INSERT_AFTER(head, at, elm, field) \
  do { \
    if (((elm)->field.stqe_next = (at)->field.stqe_next) == NULL) \
      (head)->stqh_last = &(elm)->field.stqe_next; \
    (at)->field.stqe_next = (elm); \
  } while (0)
#define STAILQ_REMOVE(head, elm, type, field) \
  do { \
    struct type **__at = &(head)->stqh_first; \
    while (*__at != (elm)) __at = &(*__at)->field.stqe_next; \
    if ((*__at = (elm)->field.stqe_next) == NULL) (head)->stqh_last = __at; \
  } while (0)
#define STAILQ_CONCAT(head, other) \
  do { \
    if (!STAILQ_EMPTY(other)) { \
      *(head)->stqh_last = (other)->stqh_first; \
      (head)->stqh_last = (other)->stqh_last; \
      STAILQ_INIT(other); \
    } \
  } while (0)
/* The same by other names. */
#define SIMPLEQ_HEAD(name, type) struct name { struct type *sqh_first; struct type **sqh_last; }
#define SIMPLEQ_HEAD_INITIALIZER(head) { NULL, &(head).sqh_first }
#define SIMPLEQ_ENTRY(type) struct { struct type *sqe_next; }
#define SIMPLEQ_FIRST(head) ((head)->sqh_first)
#define SIMPLEQ_EMPTY(head) ((head)->sqh_first == NULL)
#define SIMPLEQ_NEXT(elm, field) ((elm)->field.sqe_next)
#define SIMPLEQ_INIT(head) \
  ((void)((head)->sqh_first = NULL, (head)->sqh_last = &(head)->sqh_first))
#define SIMPLEQ_FOREACH(var, head, field) \
  for ((var) = SIMPLEQ_FIRST(head); (var); (var) = SIMPLEQ_NEXT(var, field))
#define SIMPLEQ_INSERT_HEAD(head, elm, field) \
  do { \
    if (((elm)->field.sqe_next = (head)->sqh_first) == NULL) \
      (head)->sqh_last = &(elm)->field.sqe_next; \
    (head)->sqh_first = (elm); \
  } while (0)
#define SIMPLEQ_INSERT_TAIL(head, elm, field) \
  do { \
    (elm)->field.sqe_next = NULL; \
    *(head)->sqh_last = (elm); \
    (head)->sqh_last = &(elm)->field.sqe_next; \
  } while (0)
#define SIMPLEQ_REMOVE_HEAD(head, field) \
  do { \
    if (((head)->sqh_first = (head)->sqh_first->field.sqe_next) == NULL) \
      (head)->sqh_last = &(head)->sqh_first; \
  } while (0)
#define SIMPLEQ_INSERT_AFTER(head, at, elm, field) \
  do { \
    if (((elm)->field.sqe_next = (at)->field.sqe_next) == NULL) \
      (head)->sqh_last = &(elm)->field.sqe_next; \
    (at)->field.sqe_next = (elm); \
  } while (0)
#define SIMPLEQ_REMOVE(head, elm, type, field) \
  do { \
    struct type **__at = &(head)->sqh_first; \
    while (*__at != (elm)) __at = &(*__at)->field.sqe_next; \
    if ((*__at = (elm)->field.sqe_next) == NULL) (head)->sqh_last = __at; \
  } while (0)
#define TAILQ_HEAD(name, type) struct name { struct type *tqh_first; struct type **tqh_last; }
#define TAILQ_HEAD_INITIALIZER(head) { NULL, &(head).tqh_first }
#define TAILQ_ENTRY(type) struct { struct type *tqe_next; struct type **tqe_prev; }
#define TAILQ_FIRST(head) ((head)->tqh_first)
#define TAILQ_EMPTY(head) ((head)->tqh_first == NULL)
#define TAILQ_NEXT(elm, field) ((elm)->field.tqe_next)
#define TAILQ_LAST(head, name) (*(((struct name *)((head)->tqh_last))->tqh_last))
#define TAILQ_PREV(elm, name, field) (*(((struct name *)((elm)->field.tqe_prev))->tqh_last))
#define TAILQ_INIT(head) ((void)((head)->tqh_first = NULL, (head)->tqh_last = &(head)->tqh_first))
#define TAILQ_FOREACH(var, head, field) \
  for ((var) = TAILQ_FIRST(head); (var); (var) = TAILQ_NEXT(var, field))
#define TAILQ_FOREACH_REVERSE(var, head, name, field) \
  for ((var) = TAILQ_LAST(head, name); (var); (var) = TAILQ_PREV(var, name, field))
#define TAILQ_INSERT_HEAD(head, elm, field) \
  do { \
    if (((elm)->field.tqe_next = (head)->tqh_first) != NULL) \
      (head)->tqh_first->field.tqe_prev = &(elm)->field.tqe_next; \
    else \
      (head)->tqh_last = &(elm)->field.tqe_next; \
    (head)->tqh_first = (elm); \
    (elm)->field.tqe_prev = &(head)->tqh_first; \
  } while (0)
#define TAILQ_INSERT_TAIL(head, elm, field) \
  do { \
    (elm)->field.tqe_next = NULL; \
    (elm)->field.tqe_prev = (head)->tqh_last; \
    *(head)->tqh_last = (elm); \
    (head)->tqh_last = &(elm)->field.tqe_next; \
  } while (0)
#define TAILQ_INSERT_AFTER(head, at, elm, field) \
  do { \
    if (((elm)->field.tqe_next = (at)->field.tqe_next) != NULL) \
      (elm)->field.tqe_next->field.tqe_prev = &(elm)->field.tqe_next; \
    else \
      (head)->tqh_last = &(elm)->field.tqe_next; \
    (at)->field.tqe_next = (elm); \
    (elm)->field.tqe_prev = &(at)->field.tqe_next; \
  } while (0)
#define TAILQ_INSERT_BEFORE(at, elm, field) \
  do { \
    (elm)->field.tqe_prev = (at)->field.tqe_prev; \
    (elm)->field.tqe_next = (at); \
    *(at)->field.tqe_prev = (elm); \
    (at)->field.tqe_prev = &(elm)->field.tqe_next; \
  } while (0)
#define TAILQ_REMOVE(head, elm, field) \
  do { \
    if ((elm)->field.tqe_next != NULL) \
      (elm)->field.tqe_next->field.tqe_prev = (elm)->field.tqe_prev; \
    else \
      (head)->tqh_last = (elm)->field.tqe_prev; \
    *(elm)->field.tqe_prev = (elm)->field.tqe_next; \
  } while (0)
#define TAILQ_CONCAT(head, other, field) \
  do { \
    if (!TAILQ_EMPTY(other)) { \
      *(head)->tqh_last = (other)->tqh_first; \
      (other)->tqh_first->field.tqe_prev = (head)->tqh_last; \
      (head)->tqh_last = (other)->tqh_last; \
      TAILQ_INIT(other); \
    } \
  } while (0)
/* A ring: its first and its last element point at the head. */
#define CIRCLEQ_HEAD(name, type) struct name { struct type *cqh_first; struct type *cqh_last; }
#define CIRCLEQ_HEAD_INITIALIZER(head) { (void *)&(head), (void *)&(head) }
#define CIRCLEQ_ENTRY(type) struct { struct type *cqe_next; struct type *cqe_prev; }
#define CIRCLEQ_FIRST(head) ((head)->cqh_first)
#define CIRCLEQ_LAST(head) ((head)->cqh_last)
#define CIRCLEQ_EMPTY(head) ((head)->cqh_first == (void *)(head))
#define CIRCLEQ_NEXT(elm, field) ((elm)->field.cqe_next)
#define CIRCLEQ_PREV(elm, field) ((elm)->field.cqe_prev)
#define CIRCLEQ_INIT(head) \
  ((void)((head)->cqh_first = (void *)(head), (head)->cqh_last = (void *)(head)))
#define CIRCLEQ_FOREACH(var, head, field) \
  for ((var) = CIRCLEQ_FIRST(head); (var) != (const void *)(head); (var) = CIRCLEQ_NEXT(var, field))
#define CIRCLEQ_FOREACH_REVERSE(var, head, field) \
  for ((var) = CIRCLEQ_LAST(head); (var) != (const void *)(head); (var) = CIRCLEQ_PREV(var, field))
#define CIRCLEQ_LOOP_NEXT(head, elm, field) \
  (CIRCLEQ_NEXT(elm, field) == (void *)(head) ? CIRCLEQ_FIRST(head) : CIRCLEQ_NEXT(elm, field))
#define CIRCLEQ_LOOP_PREV(head, elm, field) \
  (CIRCLEQ_PREV(elm, field) == (void *)(head) ? CIRCLEQ_LAST(head) : CIRCLEQ_PREV(elm, field))
#define __CIRCLEQ_LINK_NEXT(head, elm, to, field) \
  (*((elm) == (void *)(head) ? &(head)->cqh_first : &(elm)->field.cqe_next) = (to))
#define __CIRCLEQ_LINK_PREV(head, elm, to, field) \
  (*((elm) == (void *)(head) ? &(head)->cqh_last : &(elm)->field.cqe_prev) = (to))
#define CIRCLEQ_INSERT_AFTER(head, at, elm, field) \
  do { \
    (elm)->field.cqe_next = (at)->field.cqe_next; \
    (elm)->field.cqe_prev = (at); \
    __CIRCLEQ_LINK_PREV(head, (elm)->field.cqe_next, elm, field); \
    (at)->field.cqe_next = (elm); \
  } while (0)
#define CIRCLEQ_INSERT_BEFORE(head, at, elm, field) \
  do { \
    (elm)->field.cqe_next = (at); \
    (elm)->field.cqe_prev = (at)->field.cqe_prev; \
    __CIRCLEQ_LINK_NEXT(head, (elm)->field.cqe_prev, elm, field); \
    (at)->field.cqe_prev = (elm); \
  } while (0)
#define CIRCLEQ_INSERT_HEAD(head, elm, field) \
  do { \
    (elm)->field.cqe_next = (head)->cqh_first; \
    (elm)->field.cqe_prev = (void *)(head); \
    __CIRCLEQ_LINK_PREV(head, (elm)->field.cqe_next, elm, field); \
    (head)->cqh_first = (elm); \
  } while (0)
#define CIRCLEQ_INSERT_TAIL(head, elm, field) \
  do { \
    (elm)->field.cqe_next = (void *)(head); \
    (elm)->field.cqe_prev = (head)->cqh_last; \
    __CIRCLEQ_LINK_NEXT(head, (elm)->field.cqe_prev, elm, field); \
    (head)->cqh_last = (elm); \
  } while (0)
#define CIRCLEQ_REMOVE(head, elm, field) \
  do { \
    __CIRCLEQ_LINK_PREV(head, (elm)->field.cqe_next, (elm)->field.cqe_prev, field); \
    __CIRCLEQ_LINK_NEXT(head, (elm)->field.cqe_prev, (elm)->field.cqe_next, field); \
  } while (0)
#endif
