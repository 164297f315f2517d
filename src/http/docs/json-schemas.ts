import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { IsoTime } from '../../protocol/fields.ts';
import { PAGE_ITEMS, PageQuery } from '../../protocol/pages.ts';

export type { JsonSchema };

/** Part of a document: JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Schemas and checks of which JSON Schema can say more than it is told. */
const KNOWN: ReadonlyMap<unknown, JsonSchema> = new Map<unknown, JsonSchema>([
  [
    PageQuery.entries.limit,
    { type: 'integer', minimum: 1, maximum: PAGE_ITEMS.max, default: PAGE_ITEMS.default },
  ],
  [IsoTime.pipe[1], { type: 'string', format: 'date-time' }],
]);

/** What JSON Schema has no words for: it changes a value, or is told by a description. */
const SKIPPED: ReadonlySet<string> = new Set(['trim', 'to_lower_case', 'transform', 'max_value', 'check']);

/** Returns JSON Schema 2020-12, the dialect of OpenAPI 3.1, for the schemas of the protocol. Those that have a name are referred to by it. */
export function createJsonSchemas(named: Readonly<Record<string, v.GenericSchema>>) {
  const config: ConversionConfig = {
    target: 'draft-2020-12',
    typeMode: 'ignore',
    errorMode: 'ignore',
    definitions: { ...named },
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    overrideSchema({ valibotSchema, jsonSchema }) {
      const known = KNOWN.get(valibotSchema);
      if (known !== undefined) return known;
      // Custom schemas are objects with any keys.
      return valibotSchema.type === 'custom' ? { type: 'object' } : jsonSchema;
    },
    overrideAction({ valibotAction, jsonSchema }) {
      const known = KNOWN.get(valibotAction);
      if (known !== undefined) return known;
      if (isRegex(valibotAction)) return withPattern(jsonSchema, valibotAction);
      if (isCheck(valibotAction)) return described(jsonSchema, valibotAction.message);
      return SKIPPED.has(valibotAction.type) ? jsonSchema : undefined;
    },
  };

  return {
    /** Returns the schema of a value. */
    of(schema: v.GenericSchema): JsonSchema {
      const { $schema: _, $defs: __, ...own } = toJsonSchema(schema, config);
      return own;
    },
    /** The schemas that have a name, by name. */
    components: (): Readonly<Record<string, JsonSchema>> => toJsonSchemaDefs({ ...named }, config),
  };
}

export type JsonSchemas = ReturnType<typeof createJsonSchemas>;

const LENGTH = /^\^\.\{(\d+),(\d*)\}\$$/;

/**
 * A pattern that only counts characters becomes a length: both count code points. One that other languages can't read, or that
 * ignores case, is told in words.
 * @param schema with the pattern, unless it had one before
 */
function withPattern(
  { pattern, ...schema }: JsonSchema,
  { requirement: { source, flags }, message }: Regex,
): JsonSchema {
  const former = pattern === undefined || pattern === source ? {} : { pattern };
  const [, min, max] = LENGTH.exec(source) ?? [];
  if (min !== undefined) {
    return {
      ...schema,
      ...former,
      ...(Number(min) > 0 ? { minLength: Number(min) } : {}),
      ...(max ? { maxLength: Number(max) } : {}),
    };
  }
  if (flags.includes('i') || /\\[pu]\{/.test(source)) return described({ ...schema, ...former }, message);
  if (pattern === source) return described({ ...schema, pattern }, message);
  const allOf = [...(schema.allOf ?? []), { pattern: source }];
  return described({ ...schema, ...former, allOf }, message);
}

type Action = { readonly type: string };
type Regex = v.RegexAction<string, string | undefined>;

function isRegex(action: Action): action is Regex {
  return action.type === 'regex';
}

function isCheck(action: Action): action is v.CheckAction<unknown, string | undefined> {
  return action.type === 'check';
}

/** Adds a requirement, such as "must be one emoji", to the description. */
function described(schema: JsonSchema, requirement: string | undefined): JsonSchema {
  if (requirement === undefined) return schema;
  const sentence = `${requirement.charAt(0).toUpperCase()}${requirement.slice(1)}.`;
  return { ...schema, description: [schema.description, sentence].filter(Boolean).join(' ') };
}
