import type * as v from 'valibot';
import { parseFields } from './json-body.ts';
import type { RequestHead } from './request.ts';

/**
 * Returns the parameters of a query by a schema. Each value is text, or a list of texts if the name is repeated, which
 * schemas refuse.
 * @throws ParleyError `validation_failed`, with each wrong parameter [HT2]
 */
export function parseQuery<Schema extends v.GenericSchema>(
  { query }: Pick<RequestHead, 'query'>,
  schema: Schema,
): v.InferOutput<Schema> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : [before, value].flat());
  }
  return parseFields(schema, Object.fromEntries(values));
}
