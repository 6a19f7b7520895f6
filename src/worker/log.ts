/** What the worker says of itself; a pino logger fits. Members are structured, never a secret or a body. */
export interface WorkerLog {
  info(members: object, sentence: string): void
  warn(members: object, sentence: string): void
  error(members: object, sentence: string): void
}
