// Puts what `hookctl demo` prints, as it prints it, between the `<!-- transcript -->` markers of the README. Run by hand:
// ports, ids and times are those of the run.
import {spawnSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

const file = name => fileURLToPath(new URL(`../${name}`, import.meta.url))

const BLOCK = /(<!-- transcript -->\n)[\s\S]*?(<!-- transcriptstop -->)/

/** The README with another transcript; ends in a test where there are no markers. */
export const fillTranscript = (readme, printed) =>
  readme.replace(
    BLOCK,
    (_, start, stop) => `${start}\n\`\`\`text\n$ npx hookctl demo\n${printed.trimEnd()}\n\`\`\`\n\n${stop}`,
  )

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const demo = spawnSync(process.execPath, [file('bin/run.js'), 'demo', '--no-color'], {encoding: 'utf8'})
  if (demo.status !== 0) throw new Error(`the demo ended with ${demo.status}: ${demo.stderr}`)
  writeFileSync(file('README.md'), fillTranscript(readFileSync(file('README.md'), 'utf8'), demo.stdout))
}
