/** What is wrong with a template, as a sentence without a beginning: "a tag is not closed". */
export class TemplateFault extends Error {}
