#!/usr/bin/env node
// Runs commands/*.ts from source: Node strips the types, so oclif must neither transpile nor trust the manifest.
import process from 'node:process'

const argv = process.argv.slice(2)
if (argv[0] === 'complete' && argv[1] === '--shell') {
  const {answerCompletion} = await import('../src/completion/answer.ts')
  await answerCompletion(argv, new URL('..', import.meta.url))
} else {
  const {main} = await import('../src/main.ts')
  await main(argv, {fromSource: true})
}
