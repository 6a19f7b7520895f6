import process from 'node:process'
import {prepareFile} from '../../../src/store/sqlite/file.ts'

/** A process of its own that makes a store at each FILE, or finds the one that another has just made there. */
for (const file of process.argv.slice(2)) prepareFile(file, 1, database => database.exec('CREATE TABLE t (a)'))
