export {type CheckOptions, checkConditions} from './conditions/check.ts'
export {type ConditionSubject, type Explanation, evaluate, type Verdict} from './conditions/evaluate.ts'
