/* expect: not-musl its sequences are other ones */
/* random, rand and the rand48 family with all their states: seeds, states of every size, switching between states. */
#define _GNU_SOURCE
#include "fuzz.h"

static unsigned any(void) { return below(1u << 31) << 1 ^ below(1u << 31); }

static void with_states(void)
{
	static const int sizes[] = {8, 16, 31, 32, 33, 64, 100, 128, 200, 256, 300};
	_Alignas(8) static char states[3][304];
	int valid[3] = {0, 0, 0};
	char *at_first = NULL;
	for (unsigned count = 1 + below(12); count > 0; count--) {
		unsigned which = below(3);
		char *before;
		switch (below(6)) {
		case 0: {
			int size = pick(sizes);
			unsigned seed = below(3) ? any() : below(3);
			errno = 0;
			before = initstate(seed, states[which], size);
			if (before && !at_first) at_first = before;
			valid[which] = 1;
			say("initstate %u %d: %d", seed, size, before != NULL);
			break;
		}
		case 1:
			if (!valid[which]) break;
			before = setstate(states[which]);
			say("setstate %d", before != NULL);
			break;
		case 2: srandom(below(2) ? any() : below(3)); break;
		case 3: srand(any()); break;
		}
		for (unsigned numbers = below(80); numbers > 0; numbers--) say(" %ld", below(2) ? random() : (long)rand());
		say("\n");
	}
	/* The states are gone with this case. */
	if (at_first) setstate(at_first);
	srandom(1);
}

static void reentrant(void)
{
	static const size_t sizes[] = {7, 8, 32, 64, 128, 256};
	_Alignas(8) char state[256], other[256];
	struct random_data data;
	memset(&data, 0, sizeof data);
	size_t size = pick(sizes);
	errno = 0;
	int status = initstate_r(any(), state, size, &data);
	say("initstate_r %zu %d %s", size, status, status ? error_name(errno) : "");
	if (status) return;
	for (unsigned count = below(60); count > 0; count--) {
		int32_t number;
		switch (below(12)) {
		case 0: say(" srandom %d", srandom_r(any(), &data)); break;
		case 1: say(" initstate %d", initstate_r(any(), other, 128, &data)); break;
		case 2: say(" setstate %d", setstate_r(state, &data)); break;
		default: say(" %d", random_r(&data, &number)), say(" %d", number);
		}
	}
	unsigned seed = any();
	for (int i = 0; i < 5; i++) say(" %d", rand_r(&seed));
	say("\n");
}

static void by_48_bits(void)
{
	unsigned short state[3] = {below(65536), below(65536), below(65536)}, parameters[7], *old;
	struct drand48_data data;
	memset(&data, 0, sizeof data);
	srand48_r(any(), &data);
	srand48(any());
	for (unsigned count = below(40); count > 0; count--) {
		double real;
		long whole;
		switch (below(14)) {
		case 0: srand48((long)any() << below(2)); break;
		case 1:
			for (int i = 0; i < 3; i++) state[i] = below(65536);
			old = seed48(state);
			say(" seed48 %x %x %x", old[0], old[1], old[2]);
			break;
		case 2:
			for (int i = 0; i < 7; i++) parameters[i] = below(65536);
			lcong48(parameters);
			break;
		case 3: say(" %a", drand48()); break;
		case 4: say(" %a", erand48(state)); break;
		case 5: say(" %ld", lrand48()); break;
		case 6: say(" %ld", nrand48(state)); break;
		case 7: say(" %ld", mrand48()); break;
		case 8: say(" %ld", jrand48(state)); break;
		case 9: drand48_r(&data, &real), say(" %a", real); break;
		case 10: erand48_r(state, &data, &real), say(" %a", real); break;
		case 11: lrand48_r(&data, &whole), say(" %ld", whole); break;
		case 12: jrand48_r(state, &data, &whole), say(" %ld", whole); break;
		case 13: mrand48_r(&data, &whole), say(" %ld", whole); break;
		}
		say(" %x", state[0]);
	}
	say("\n");
}

static void one_case(void)
{
	switch (below(3)) {
	case 0: with_states(); break;
	case 1: reentrant(); break;
	case 2: by_48_bits(); break;
	}
}

int main(int argc, char **argv)
{
	return fuzz(argc, argv, one_case, 2000, 100);
}
