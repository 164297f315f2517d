/** The form of every refusal [HT2]: it starts with a capital or with a field in backticks, and ends with a full stop. */
export const SENTENCE = /^(?:[A-Z]|`[\w.-]+` )[\s\S]*\.$/;
