export {checkConditions} from './conditions/check.ts'
export {evaluate} from './conditions/evaluate.ts'
