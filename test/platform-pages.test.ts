import {readFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, test} from 'vitest'
import {platforms} from '../src/platforms/table.ts'

/** docs/PLATFORM.md: what every page of a platform has. */

const pages = platforms.map(({name}) => name).filter(name => name !== 'standard')
const read = (name: string) => readFileSync(path.join(import.meta.dirname, `../docs/${name}.md`), 'utf8')

describe.each(pages)('docs/%s.md', name => {
  const page = read(name)

  test('has lines to type, which test/e2e/examples.test.ts types', () => {
    expect(page).toMatch(/^```sh\nhookctl /m)
  })

  test('says how to move over and what differs', () => {
    expect(page).toContain('\n## Moving a webhook over\n')
    expect(page).toContain('\n## What differs\n')
  })
})
