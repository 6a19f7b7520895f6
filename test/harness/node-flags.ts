/**
 * For processes that run the sources: each of their threads takes the types out of them with Node's own tool, which is
 * WebAssembly. V8 keeps the calls out of it in one table for all threads, and now and then frees one twice where two threads
 * replace theirs by faster ones at the same time: the process is gone (SIGSEGV, or "Check failed: jit_page.has_value()").
 * With so high a bar none is replaced. The built program has WebAssembly in one thread only.
 */
export const NODE_FLAGS = ['--wasm-wrapper-tiering-budget=2000000000']
