import * as v from 'valibot';
import { type FieldError, ParleyError } from '../../domain/errors.ts';
import { depthWithin } from '../../lib/json-depth.ts';
import { REQUIREMENTS } from '../../lib/requirements.ts';
import { JSON_LEVELS } from '../../protocol/limits.ts';
import type { RequestHead } from './request.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Returns the JSON of a body; an empty one counts as `{}`. Content-Type is ignored: whatever it says, the body is JSON or
 * refused [HT5].
 * @throws ParleyError `invalid_json`, `validation_failed`, `unsupported_media_type` [HT2]
 */
export function parseBody<Schema extends v.GenericSchema>(
  { headers }: RequestHead,
  body: Uint8Array,
  schema: Schema,
): v.InferOutput<Schema> {
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new ParleyError('unsupported_media_type', 'Send the body without Content-Encoding.');
  }
  const value = parseJson(body);
  // Valibot accepts arrays as objects.
  if (Array.isArray(value)) throw invalid([{ path: '', message: 'must be an object' }]);
  return parseFields(schema, value);
}

/** Returns a request's fields by a schema. @throws ParleyError `validation_failed`, with each wrong field [HT2] */
export function parseFields<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const { success, output, issues } = v.safeParse(schema, value, REQUIREMENTS);
  if (success) return output;
  throw invalid(issues.map(fieldError));
}

function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  if (!depthWithin(body, JSON_LEVELS)) {
    throw invalid([{ path: '', message: `must be nested at most ${JSON_LEVELS} levels deep` }]);
  }
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // No cause: V8's message quotes the body, which may hold a password, and causes are logged.
    throw new ParleyError('invalid_json', 'The body must be JSON in UTF-8. Check its syntax.');
  }
}

function invalid(errors: readonly FieldError[]): ParleyError {
  const summary = errors.map(
    ({ path, message }) => `${path === '' ? 'The body' : `\`${path}\``} ${message}.`,
  );
  return new ParleyError('validation_failed', summary.join(' '), { errors });
}

function fieldError(issue: v.GenericIssue): FieldError {
  return { path: v.getDotPath(issue) ?? '', message: issue.message };
}
