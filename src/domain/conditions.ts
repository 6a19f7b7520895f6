export {checkConditions} from './conditions/check.ts'
export {evaluate, type Verdict} from './conditions/evaluate.ts'
export {explanationChecks} from './conditions/explain.ts'
