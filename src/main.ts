/** Runs one command line and sets the exit code. */
export async function main(_argv: readonly string[], _options: {readonly fromSource?: boolean} = {}): Promise<void> {}
