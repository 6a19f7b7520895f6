import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expect, test} from 'vitest'
import {figuresList, figuresPage, readFigures, SCALING, withFigures} from '../scripts/figures.js'

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')

test('README, docs/performance.md and docs/scaling.md have the figures that were kept; else: node scripts/figures.js', () => {
  const kept = readFigures()
  for (const [file, text] of [
    ['README.md', figuresList(kept)],
    ['docs/performance.md', figuresPage(kept)],
    ['docs/scaling.md', figuresList(kept, SCALING)],
  ] as const) {
    const page = read(file)
    expect(page).toContain(text)
    expect(withFigures(page, text)).toBe(page)
  }
})

test('a page that has lost its markers is told, not left as it was', () => {
  expect(() => withFigures('no place', 'figures')).toThrow('no place for figures')
})

test('figures are shown with their spread and their bound, and what was skipped with the reason', () => {
  const rows = [
    {name: '20,000 deliveries drained', median: 0.724, low: 0.68, high: 0.851, least: 0.65},
    {name: 'p50', median: 4, low: 3, high: 5, most: 3},
    {name: 'near', median: 0.68, low: 0.6, high: 0.7, least: 0.65, goal: 0.7},
    {name: 'small', median: 60, low: 50, high: 70, most: 120, goal: 80},
    {name: 'rare', median: 0.00087, low: 0.0008, high: 0.012},
    {name: 'slow', skipped: 'no cc'},
  ]
  const kept = {
    deliveries: {bench: 'deliveries', title: 'deliveries', at: '2026-11-26', machine: '2 cores', load: '0.4', rows},
  }
  expect(figuresPage(kept)).toContain('| 20,000 deliveries drained | 0.72 (0.68–0.85) | at least 0.65 |')
  expect(figuresPage(kept)).toContain('| p50 | 4.00 (3.00–5.00) | at most 3: **not reached** |')
  expect(figuresPage(kept)).toContain('| near | 0.68 (0.60–0.70) | at least 0.65, goal 0.7: **goal not reached** |')
  expect(figuresPage(kept)).toContain('| small | 60.0 (50.0–70.0) | at most 120, goal 80 |')
  expect(figuresPage(kept)).toContain('| rare | 0.00087 (0.00080–0.012) |  |')
  expect(figuresPage(kept)).toContain('| slow | skipped: no cc |  |')
  expect(figuresList(kept).split('\n').at(-1)).toMatch(/^\| deliveries a second, .* \| 0\.72 \(0\.68–0\.85\) \|$/)
})
