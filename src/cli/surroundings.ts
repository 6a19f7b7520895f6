export interface OutputStream {
  write(text: string | Uint8Array, done?: (error?: Error | null) => void): boolean
  readonly isTTY?: boolean
  /** 0 where a terminal does not know how wide it is. */
  readonly columns?: number
  readonly rows?: number
  /** Of a terminal: told when it gets another size. */
  on?(name: 'resize', listener: () => void): unknown
  off?(name: 'resize', listener: () => void): unknown
}

export interface InputStream extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean
  readonly isRaw?: boolean
  /** Of a terminal: keys come as they are pressed, and Ctrl-C is one of them. */
  setRawMode?(on: boolean): unknown
  on?(name: 'data', listener: (chunk: Uint8Array | string) => void): unknown
  off?(name: 'data', listener: (chunk: Uint8Array | string) => void): unknown
  resume?(): unknown
  pause?(): unknown
}

interface Signals {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
}

/** All a command line can see and touch of the process around it: what tests hand in instead of a process. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  readonly signals: Signals
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Ends at once: only for a second Ctrl-C. */
  readonly exit: (code: number) => void
}
