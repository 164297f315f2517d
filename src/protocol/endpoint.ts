import * as v from 'valibot';
import type { ErrorCode } from './codes.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call an endpoint. `user`: a request with a valid access token [HT3]. `admin`: the same, of a user with the role
 * `admin`. `host`: the same, of somebody who runs the room `:roomId` [RM6]. `self`: the same, of the user whose id is the `:id` of `/users/:id`. `self_or_admin`: either. `operator`: who runs
 * the server, from this machine or with `METRICS_TOKEN`. `service`: a backend, by the role of its token. `service_or_user`: a
 * backend, or the user whose id is the `:userId` of the path.
 */
export type Who =
  | 'all'
  | 'user'
  | 'host'
  | 'self'
  | 'self_or_admin'
  | 'admin'
  | 'service'
  | 'service_or_user'
  | 'operator';

/** One HTTP endpoint. Router, authorization, SDK and tests read it; nothing of it is written down twice. */
export interface Endpoint {
  readonly method: Method;
  /** Segments separated by `/`. `:name` stands for one segment that isn't empty, a final `*` for one or more. */
  readonly path: string;
  /**
   * Answers only requests that prefer this type; another endpoint at the same path answers all others. `text/html`: those
   * of browsers that open the address.
   */
  readonly accept?: 'application/json' | 'text/html';
  readonly who: Who;
  /** A parameter of the query by which the endpoint is for all, whoever else may call it. */
  readonly openBy?: readonly [name: string, value: string];
  /** What a token for one room opens [TK4]: the endpoint, or only with that room's id as `:roomId`. Default: neither. */
  readonly roomToken?: 'accepted' | 'in_its_room';
  /** Set for a GET that changes something: HEAD must not run it. */
  readonly head?: false;
  /** Schema of the query's parameters, which come as text. Default: none is read. */
  readonly query?: v.GenericSchema<Readonly<Record<string, unknown>>>;
  /** Schema of the JSON body, `NoBody` if none is read. */
  readonly request: v.GenericSchema;
  /** Answer to success: JSON by the schema `body`, content of another `type`, no content, or a redirect. */
  readonly reply:
    | { readonly status: 200 | 201 | 202; readonly body: v.GenericSchema }
    | { readonly status: 200; readonly type: string }
    | { readonly status: 204 }
    | { readonly status: 302 };
  /** JSON body of a 202 answer: what was asked for is done when somebody has agreed. Default: there is no such answer. */
  readonly accepted?: v.GenericSchema;
  /** Codes of its problem replies, besides `ERRORS_OF_ALL`. */
  readonly errors: readonly ErrorCode[];
}

/** What any endpoint may answer: a bad Host header is `validation_failed`. */
export const ERRORS_OF_ALL = ['validation_failed', 'internal'] as const satisfies readonly ErrorCode[];

/** A request whose body is received and dropped. */
export const NoBody = v.unknown();

/** What all addresses of the page have in common. */
export const PAGE = {
  method: 'GET',
  who: 'all',
  request: NoBody,
  reply: { status: 200, type: 'text/html; charset=utf-8' },
  errors: [],
} as const satisfies Omit<Endpoint, 'path'>;

/** `unavailable`: the trusted issuer's keys can't be fetched. */
export const TOKEN_ERRORS = ['unauthorized', 'unavailable'] as const;
/** `unavailable`: too many bodies are being received. */
export const RECEIVING_ERRORS = ['too_large', 'request_timeout', 'unavailable'] as const;
export const BODY_ERRORS = [...RECEIVING_ERRORS, 'invalid_json', 'unsupported_media_type'] as const;
