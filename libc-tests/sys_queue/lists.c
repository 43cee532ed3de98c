/* expect: not-musl it has no such header
   The lists of sys/queue.h: what stands in them after each change, from both ends where there are two. */
#include <stdio.h>
#include <sys/queue.h>

struct node {
	int number;
	STAILQ_ENTRY(node) tail;
	SIMPLEQ_ENTRY(node) simple;
	TAILQ_ENTRY(node) both;
	CIRCLEQ_ENTRY(node) ring;
};
STAILQ_HEAD(stailq, node);
SIMPLEQ_HEAD(simpleq, node);
TAILQ_HEAD(tailq, node);
CIRCLEQ_HEAD(ring, node);

static struct node n[8];

static void show_tail(const char *what, struct stailq *head)
{
	struct node *at;
	printf("%s:", what);
	STAILQ_FOREACH(at, head, tail) printf(" %d", at->number);
	printf(STAILQ_EMPTY(head) ? " empty\n" : "\n");
}

static void show_simple(const char *what, struct simpleq *head)
{
	struct node *at;
	printf("%s:", what);
	SIMPLEQ_FOREACH(at, head, simple) printf(" %d", at->number);
	printf(SIMPLEQ_EMPTY(head) ? " empty\n" : "\n");
}

static void show_both(const char *what, struct tailq *head)
{
	struct node *at;
	printf("%s:", what);
	TAILQ_FOREACH(at, head, both) printf(" %d", at->number);
	printf(" |");
	TAILQ_FOREACH_REVERSE(at, head, tailq, both) printf(" %d", at->number);
	printf("\n");
}

static void show_ring(const char *what, struct ring *head)
{
	struct node *at;
	printf("%s:", what);
	CIRCLEQ_FOREACH(at, head, ring) printf(" %d", at->number);
	printf(" |");
	CIRCLEQ_FOREACH_REVERSE(at, head, ring) printf(" %d", at->number);
	printf(CIRCLEQ_EMPTY(head) ? " empty\n" : "\n");
}

int main(void)
{
	for (int i = 0; i < 8; i++) n[i].number = i;

	struct stailq a = STAILQ_HEAD_INITIALIZER(a), b;
	STAILQ_INIT(&b);
	STAILQ_INSERT_TAIL(&a, &n[0], tail);
	STAILQ_INSERT_AFTER(&a, &n[0], &n[1], tail);
	STAILQ_INSERT_AFTER(&a, &n[0], &n[2], tail);
	show_tail("after", &a);
	STAILQ_REMOVE(&a, &n[1], node, tail);
	STAILQ_INSERT_TAIL(&a, &n[3], tail);
	show_tail("last removed", &a);
	STAILQ_CONCAT(&a, &b);
	STAILQ_INSERT_TAIL(&b, &n[4], tail);
	STAILQ_INSERT_TAIL(&b, &n[5], tail);
	STAILQ_CONCAT(&a, &b);
	STAILQ_INSERT_TAIL(&a, &n[6], tail);
	show_tail("joined", &a);
	show_tail("taken", &b);
	STAILQ_REMOVE(&a, &n[0], node, tail);
	STAILQ_REMOVE_HEAD(&a, tail);
	show_tail("without the first", &a);

	struct simpleq s = SIMPLEQ_HEAD_INITIALIZER(s);
	SIMPLEQ_INSERT_HEAD(&s, &n[1], simple);
	SIMPLEQ_INSERT_HEAD(&s, &n[0], simple);
	SIMPLEQ_INSERT_AFTER(&s, &n[1], &n[2], simple);
	SIMPLEQ_INSERT_TAIL(&s, &n[3], simple);
	show_simple("simple", &s);
	SIMPLEQ_REMOVE(&s, &n[3], node, simple);
	SIMPLEQ_REMOVE(&s, &n[1], node, simple);
	SIMPLEQ_INSERT_TAIL(&s, &n[4], simple);
	show_simple("removed", &s);
	printf("%d %d\n", SIMPLEQ_FIRST(&s)->number, SIMPLEQ_NEXT(SIMPLEQ_FIRST(&s), simple)->number);
	SIMPLEQ_REMOVE_HEAD(&s, simple);
	SIMPLEQ_REMOVE_HEAD(&s, simple);
	SIMPLEQ_REMOVE_HEAD(&s, simple);
	show_simple("none", &s);

	struct tailq t = TAILQ_HEAD_INITIALIZER(t), u = TAILQ_HEAD_INITIALIZER(u);
	TAILQ_INSERT_TAIL(&t, &n[0], both);
	TAILQ_INSERT_TAIL(&u, &n[1], both);
	TAILQ_INSERT_TAIL(&u, &n[2], both);
	TAILQ_CONCAT(&t, &u, both);
	TAILQ_CONCAT(&t, &u, both);
	TAILQ_INSERT_TAIL(&t, &n[3], both);
	show_both("joined", &t);
	show_both("taken", &u);

	struct ring r = CIRCLEQ_HEAD_INITIALIZER(r);
	show_ring("ring", &r);
	CIRCLEQ_INIT(&r);
	CIRCLEQ_INSERT_TAIL(&r, &n[1], ring);
	CIRCLEQ_INSERT_HEAD(&r, &n[0], ring);
	CIRCLEQ_INSERT_TAIL(&r, &n[4], ring);
	CIRCLEQ_INSERT_AFTER(&r, &n[1], &n[2], ring);
	CIRCLEQ_INSERT_BEFORE(&r, &n[4], &n[3], ring);
	CIRCLEQ_INSERT_AFTER(&r, &n[4], &n[5], ring);
	CIRCLEQ_INSERT_BEFORE(&r, &n[0], &n[6], ring);
	show_ring("filled", &r);
	struct node *first = &n[6], *last = &n[5];
	printf("%d %d %d %d\n", CIRCLEQ_LOOP_NEXT(&r, last, ring)->number, CIRCLEQ_LOOP_PREV(&r, first, ring)->number, CIRCLEQ_LOOP_NEXT(&r, first, ring)->number,
	       CIRCLEQ_LOOP_PREV(&r, last, ring)->number);
	CIRCLEQ_REMOVE(&r, &n[6], ring);
	CIRCLEQ_REMOVE(&r, &n[5], ring);
	CIRCLEQ_REMOVE(&r, &n[2], ring);
	show_ring("removed", &r);
	while (!CIRCLEQ_EMPTY(&r)) {
		first = CIRCLEQ_FIRST(&r);
		CIRCLEQ_REMOVE(&r, first, ring);
	}
	show_ring("none", &r);
	return 0;
}
