import type * as v from 'valibot';

/** valibot's options: words for the checks of a schema that have no message of their own. */
export const REQUIREMENTS = Object.freeze({ message: requirementOf });

/** Returns what a value must be, such as `must be a string`: a predicate, like the messages in `protocol/`. */
function requirementOf({ type, expected, received }: v.BaseIssue<unknown>): string {
  if (received === 'undefined') return 'is missing';
  switch (type) {
    case 'string':
    case 'number':
      return `must be a ${type}`;
    case 'boolean':
      return 'must be true or false';
    case 'array':
      return 'must be an array';
    case 'picklist':
      return `must be one of ${expected?.replace(/[()]/g, '').replaceAll(' | ', ', ')}`;
    case 'integer':
    case 'safe_integer':
      return 'must be an integer';
    case 'min_value':
      return `must be at least ${expected?.slice(2)}`;
    case 'max_value':
      return `must be at most ${expected?.slice(2)}`;
    case 'min_length':
      return `must have a length of at least ${expected?.slice(2)}`;
    case 'max_length':
      return `must have a length of at most ${expected?.slice(2)}`;
    default:
      return 'must be an object';
  }
}
