#!/usr/bin/env node
// Runs commands/*.ts from source: Node strips the types, so oclif must neither transpile nor trust the manifest.
import process from 'node:process'
import {main} from '../src/main.ts'

await main(process.argv.slice(2), {fromSource: true})
