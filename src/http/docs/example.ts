import type * as v from 'valibot';
import type {
  AcceptedSchema,
  EndpointName,
  ReplySchema,
  RequestInput,
} from '../../protocol/endpoint-types.ts';

/** What is sent and what comes back, where either is JSON. */
export interface Example<Name extends EndpointName> {
  readonly request?: RequestInput<Name>;
  readonly reply?: [ReplySchema<Name>] extends [never] ? never : v.InferInput<ReplySchema<Name>>;
  /** Of a 202 answer. */
  readonly accepted?: [AcceptedSchema<Name>] extends [never] ? never : v.InferInput<AcceptedSchema<Name>>;
}
