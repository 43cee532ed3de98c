// The Labyrinth, a text adventure: a line in, a paragraph out. It needs nothing but the standard streams.
//
// Places and things are tables. A command is a verb and perhaps a noun; each verb is a function that is given the noun.
// What the player can't see is in `world`. When input is no terminal, commands are echoed, so that a
// transcript can be read.
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum direction { NORTH, EAST, SOUTH, WEST, DIRECTIONS };
static const char *const direction_names[DIRECTIONS] = {"north", "east", "south", "west"};

enum place_id { NOWHERE, GATE, HALL, ARMOURY, WELL, CROSSING, DEN, CARRIED };

static const struct place {
    const char *name, *text;
    enum place_id exits[DIRECTIONS];
} places[] = {
    [GATE] = {"The gate",
              "A bronze gate stands open in the rock. Behind you the sea glitters; to the north a passage leads down.",
              {[NORTH] = HALL}},
    [HALL] = {"The pillared hall",
              "One thick pillar holds up the roof. Passages lead off in every direction; a cold draught comes from the "
              "north.",
              {[NORTH] = CROSSING, [EAST] = ARMOURY, [SOUTH] = GATE, [WEST] = WELL}},
    [ARMOURY] = {"The armoury", "Racks for a hundred spears, and dust where the spears were. The hall is to the west.",
                 {[WEST] = HALL}},
    [WELL] = {"The well", "Water drips into a well without a bottom. The hall is to the east.", {[EAST] = HALL}},
    [CROSSING] = {"A crossing", "Four passages meet here. Each looks like the other three.", {0}},
    [DEN] = {"The heart of the labyrinth", "Bones crunch under your feet. The only way out is south.",
             {[SOUTH] = CROSSING}},
};

static struct thing {
    const char *name, *lying, *text;
    enum place_id place;
} things[] = {
    {"clew", "A ball of red thread lies on a stone.", "A ball of red thread, long enough for any labyrinth.", GATE},
    {"lamp", "An oil lamp burns in a niche.", "The flame is small and steady.", WELL},
    {"sword", "A sword hangs on the last of the racks.", "The bronze is old. The edge is not.", ARMOURY},
};
enum { CLEW, LAMP, SWORD, THINGS };

static struct {
    enum place_id here;
    bool tied;    // The thread runs from the pillar to the player.
    int lost;     // Steps since the player lost the way.
    bool slain;   // The Minotaur is dead.
    int breath;   // Commands until it attacks, while the player is with it.
    int commands; // So far.
    bool over;
} world = {.here = GATE};

static bool have(int thing) {
    return things[thing].place == CARRIED;
}

static bool dark(void) {
    return world.here == ARMOURY && !have(LAMP);
}

static void end(const char *text) {
    printf("%s\nThe story ends after %d commands.\n", text, world.commands);
    world.over = true;
}

static void look(const char *noun) {
    (void)noun;
    if (dark()) {
        puts("It is too dark here to see anything. The hall is to the west.");
        return;
    }
    printf("%s\n%s\n", places[world.here].name, places[world.here].text);
    for (int i = 0; i < THINGS; i++)
        if (things[i].place == world.here)
            puts(things[i].lying);
    if (world.tied && (world.here == HALL || world.here == CROSSING))
        puts(world.here == HALL ? "A red thread is tied to the pillar." : "The thread in your hand leads south.");
    if (world.here == DEN)
        puts(world.slain ? "The Minotaur lies still." : "The Minotaur turns its head and looks at you.");
}

static void enter(enum place_id place) {
    world.here = place;
    world.lost = 0;
    world.breath = 2;
    if (place == GATE && world.slain) {
        end("You step out into the light. Ariadne laughs, and the ship sets its sails.");
        return;
    }
    look("");
}

// Without the thread, all ways from the crossing lead back to it; every third one happens to lead out.
static void wander(enum direction direction) {
    if (world.tied && direction == NORTH)
        enter(DEN);
    else if (world.tied && direction == SOUTH)
        enter(HALL);
    else if (world.tied)
        puts("The passage winds and winds, until you stand where the thread lies on the floor: the crossing.");
    else if (++world.lost % 3 != 0)
        puts("You walk for an hour. Then four passages meet, or it is the same four again.");
    else {
        puts("You walk for an hour, feel a draught, and follow it.");
        enter(HALL);
    }
}

static void go(const char *noun) {
    for (int i = 0; i < DIRECTIONS; i++) {
        if (strcmp(noun, direction_names[i]) != 0)
            continue;
        if (world.here == CROSSING)
            wander(i);
        else if (places[world.here].exits[i] == NOWHERE)
            puts("There is only rock.");
        else
            enter(places[world.here].exits[i]);
        return;
    }
    puts("Go where? There are north, east, south and west.");
}

// The thing of this name, if it can be reached.
static struct thing *find(const char *name) {
    for (int i = 0; i < THINGS; i++) {
        bool here = things[i].place == world.here && !dark();
        if (strcmp(things[i].name, name) == 0 && (here || have(i)))
            return &things[i];
    }
    return NULL;
}

static void take(const char *noun) {
    struct thing *thing = find(noun);
    if (thing == NULL) {
        puts("You see no such thing here.");
    } else if (thing->place == CARRIED) {
        puts("You have it already.");
    } else {
        thing->place = CARRIED;
        printf("You take the %s.\n", thing->name);
    }
}

static void drop(const char *noun) {
    struct thing *thing = find(noun);
    if (thing == NULL || thing->place != CARRIED) {
        puts("You don't have that.");
        return;
    }
    thing->place = world.here;
    if (thing == &things[CLEW])
        world.tied = false;
    printf("You lay the %s down.\n", thing->name);
}

static void examine(const char *noun) {
    struct thing *thing = find(noun);
    if (thing != NULL)
        puts(thing->text);
    else
        puts("You see nothing special.");
}

static void tie(const char *noun) {
    if (!have(CLEW) || (strcmp(noun, "clew") != 0 && strcmp(noun, "thread") != 0))
        puts("You can't tie that.");
    else if (world.here != HALL)
        puts("There is nothing here to tie it to.");
    else {
        world.tied = true;
        puts("You tie the end of the thread to the pillar. The clew unwinds as you walk.");
    }
}

static void fight(const char *noun) {
    (void)noun;
    if (world.here != DEN || world.slain)
        puts("There is nobody to fight.");
    else if (!have(SWORD))
        end("You raise your fists. The Minotaur has horns.");
    else {
        world.slain = true;
        puts("It charges; you step aside, and the old bronze does what it was made for.");
    }
}

static void inventory(const char *noun) {
    (void)noun;
    int count = 0;
    for (int i = 0; i < THINGS; i++)
        if (have(i))
            printf("%s the %s", count++ > 0 ? "," : "You have", things[i].name);
    puts(count > 0 ? "." : "You have nothing.");
}

static void quit(const char *noun) {
    (void)noun;
    end("You sit down and tell a different story.");
}

static void help(const char *noun) {
    (void)noun;
    puts("Somewhere in the labyrinth is the Minotaur. Find it, and find your way back.\n"
         "Verbs: go, look, take, drop, examine, inventory, tie, fight, quit. A direction alone is enough to go there.");
}

static const struct verb {
    const char *name;
    void (*act)(const char *noun);
} verbs[] = {
    {"go", go}, {"look", look}, {"take", take}, {"get", take}, {"drop", drop}, {"examine", examine},
    {"inventory", inventory}, {"tie", tie}, {"fight", fight}, {"kill", fight}, {"quit", quit}, {"help", help},
};

// Whether `word` is `name` or the start of it.
static bool means(const char *word, const char *name) {
    return *word != '\0' && strncmp(word, name, strlen(word)) == 0;
}

static void obey(const char *verb, const char *noun) {
    for (int i = 0; i < DIRECTIONS; i++)
        if (means(verb, direction_names[i])) {
            go(direction_names[i]);
            return;
        }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (means(verb, verbs[i].name)) {
            verbs[i].act(noun);
            return;
        }
    puts("That is no verb that you know. Try 'help'.");
}

// The Minotaur waits for two commands. Then it does not.
static void attack(void) {
    if (!world.over && world.here == DEN && !world.slain && world.breath-- == 0)
        end("You hesitated. The Minotaur did not.");
}

int main(void) {
    char line[128];
    bool echo = !isatty(STDIN_FILENO);
    puts("THE LABYRINTH\n");
    look("");
    while (!world.over) {
        fputs("\n> ", stdout);
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL) {
            putchar('\n');
            break;
        }
        if (strchr(line, '\n') == NULL) // the rest of an overlong line
            for (int c; (c = getchar()) != '\n' && c != EOF;)
                ;
        line[strcspn(line, "\r\n")] = '\0';
        if (echo)
            puts(line);
        for (char *c = line; *c != '\0'; c++)
            *c = (char)tolower((unsigned char)*c);
        char *verb = strtok(line, " "), *noun = verb != NULL ? strtok(NULL, " ") : NULL;
        if (noun != NULL && strcmp(noun, "the") == 0)
            noun = strtok(NULL, " ");
        if (verb == NULL)
            continue;
        world.commands++;
        obey(verb, noun != NULL ? noun : "");
        attack();
    }
    return 0;
}
