/* Adds 4 ms to every sync of the disk, as an old office disk may take.
   Built and preloaded by `ecabinet bench room`. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

static const useconds_t delay = 4000;

int fsync(int file) {
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    usleep(delay);
    return sync(file);
}

int fdatasync(int file) {
    int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    usleep(delay);
    return sync(file);
}
