// A disk that takes 4 ms longer to say that something is on it: a shim around fdatasync and fsync where there is a C
// compiler, else strace, else nothing.
import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import path from 'node:path'
import process from 'node:process'

export const DELAY_MS = 4

const shim = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int later(const char *name, int fd) {
  struct timespec delay = {0, ${DELAY_MS}000000L};
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int answer = real(fd);
  nanosleep(&delay, 0);
  return answer;
}
int fdatasync(int fd) { return later("fdatasync", fd); }
int fsync(int fd) { return later("fsync", fd); }
`

const has = command => spawnSync(command, ['--version'], {stdio: 'ignore'}).status === 0

/** How a server is started on such a disk, or null where neither way is there. */
export function slowDisk(folder) {
  if (process.platform !== 'linux') return null
  const source = path.join(folder, 'slow-disk.c')
  const library = path.join(folder, 'slow-disk.so')
  writeFileSync(source, shim)
  const compiled = has('cc') && spawnSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']).status === 0
  if (compiled) return {env: {LD_PRELOAD: library}, around: []}
  if (!has('strace')) return null
  const inject = `inject=fdatasync,fsync:delay_exit=${DELAY_MS}ms`
  const around = ['strace', '-f', '-o', '/dev/null', '-e', 'trace=fdatasync,fsync', '-e', inject]
  return {env: {}, around}
}
