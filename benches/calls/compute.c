/* Computation such as small programs do: a linked list that is searched, reversed and sorted, matrices of integers,
 * a state machine over text, and checksums over what they leave. The same kinds of work as in CoreMark, in our own
 * words, so results are not comparable with its scores. */
#include "calls.h"

#include <stddef.h>

enum { NODES = 256, SIDE = 24, TEXT = 512 };

static unsigned crc(unsigned sum, unsigned value)
{
	for (int bit = 0; bit < 32; bit++) {
		unsigned carry = (sum ^ value) & 1;
		sum = sum >> 1 ^ (carry ? 0xedb88320u : 0);
		value >>= 1;
	}
	return sum;
}

static unsigned next_random(unsigned *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 16;
}

struct node {
	struct node *next;
	unsigned key;
	unsigned datum;
};

static struct node nodes[NODES];

static struct node *reverse(struct node *list)
{
	struct node *done = NULL;
	while (list) {
		struct node *rest = list->next;
		list->next = done;
		done = list;
		list = rest;
	}
	return done;
}

static const struct node *find(const struct node *list, unsigned key)
{
	while (list && list->key != key)
		list = list->next;
	return list;
}

static struct node *merge(struct node *one, struct node *two)
{
	struct node head = { NULL, 0, 0 }, *last = &head;
	while (one && two) {
		struct node **least = one->key <= two->key ? &one : &two;
		last->next = *least;
		last = *least;
		*least = (*least)->next;
	}
	last->next = one ? one : two;
	return head.next;
}

static struct node *sort(struct node *list)
{
	if (!list || !list->next)
		return list;
	struct node *slow = list, *fast = list->next;
	while (fast && fast->next) {
		slow = slow->next;
		fast = fast->next->next;
	}
	struct node *half = slow->next;
	slow->next = NULL;
	return merge(sort(list), sort(half));
}

static unsigned list_work(unsigned *seed)
{
	for (int i = 0; i < NODES; i++) {
		nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
		nodes[i].key = next_random(seed) % NODES;
		nodes[i].datum = (unsigned)i;
	}
	struct node *list = reverse(nodes);
	unsigned sum = 0;
	for (unsigned key = 0; key < NODES; key += 4) {
		const struct node *found = find(list, key);
		sum = crc(sum, found ? found->datum : ~key);
	}
	for (const struct node *node = sort(list); node; node = node->next)
		sum = crc(sum, node->key << 16 | node->datum);
	return sum;
}

static int left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

static unsigned matrix_work(unsigned *seed)
{
	unsigned sum = 0;
	for (int row = 0; row < SIDE; row++)
		for (int column = 0; column < SIDE; column++) {
			left[row][column] = (int)(next_random(seed) & 0xff) - 128;
			right[row][column] = (int)(next_random(seed) & 0xff) - 128;
		}
	for (int row = 0; row < SIDE; row++)
		for (int column = 0; column < SIDE; column++) {
			int cell = 0;
			for (int i = 0; i < SIDE; i++)
				cell += left[row][i] * right[i][column];
			product[row][column] = cell;
		}
	for (int row = 0; row < SIDE; row++) {
		int total = 0;
		for (int column = 0; column < SIDE; column++)
			total += (product[row][column] >> 2 & 0xf) * (product[row][column] >> 5 & 0x7f);
		sum = crc(sum, (unsigned)total);
	}
	return sum;
}

enum state { START, SIGN, WHOLE, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, SCALE, INVALID, STATES };

static enum state step(enum state state, char letter)
{
	int digit = letter >= '0' && letter <= '9';
	switch (state) {
	case START:
		return digit ? WHOLE : letter == '-' || letter == '+' ? SIGN : letter == '.' ? POINT : INVALID;
	case SIGN:
		return digit ? WHOLE : letter == '.' ? POINT : INVALID;
	case WHOLE:
		return digit ? WHOLE : letter == '.' ? FRACTION : letter == 'e' ? EXPONENT : INVALID;
	case POINT:
		return digit ? FRACTION : INVALID;
	case FRACTION:
		return digit ? FRACTION : letter == 'e' ? EXPONENT : INVALID;
	case EXPONENT:
		return digit ? SCALE : letter == '-' || letter == '+' ? EXPONENT_SIGN : INVALID;
	case EXPONENT_SIGN:
	case SCALE:
		return digit ? SCALE : INVALID;
	default:
		return INVALID;
	}
}

static char text[TEXT];

static unsigned machine_work(unsigned *seed)
{
	static const char letters[16] = "0123456789+-.e,,";
	unsigned counts[STATES] = { 0 };
	for (int i = 0; i < TEXT; i++)
		text[i] = letters[next_random(seed) & 15];
	enum state state = START;
	for (int i = 0; i < TEXT; i++) {
		if (text[i] == ',') {
			counts[state]++;
			state = START;
		} else {
			state = step(state, text[i]);
		}
	}
	unsigned sum = 0;
	for (int i = 0; i < STATES; i++)
		sum = crc(sum, counts[i]);
	return sum;
}

unsigned lists(void)
{
	unsigned seed = 1, sum = 0;
	for (int round = 0; round < 4; round++)
		sum = crc(sum, list_work(&seed));
	return sum;
}

unsigned matrices(void)
{
	unsigned seed = 2, sum = 0;
	for (int round = 0; round < 4; round++)
		sum = crc(sum, matrix_work(&seed));
	return sum;
}

unsigned state_machine(void)
{
	unsigned seed = 3, sum = 0;
	for (int round = 0; round < 4; round++)
		sum = crc(sum, machine_work(&seed));
	return sum;
}

unsigned checksums(void)
{
	unsigned seed = 4, sum = 0;
	for (int i = 0; i < 1024; i++)
		sum = crc(sum, next_random(&seed));
	return sum;
}
