/* system: exit status, signals of the command, a missing command. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

int main(void) {
  int status = system("exit 7");
  printf("%d %d\n", WIFEXITED(status), WEXITSTATUS(status));
  status = system("kill -9 $$");
  printf("%d %d\n", WIFSIGNALED(status), WTERMSIG(status));
  status = system("/no/such/command 2>/dev/null");
  printf("%d\n", WEXITSTATUS(status));
  printf("%d\n", system(0) != 0);
  return 0;
}
