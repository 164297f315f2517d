import type * as v from 'valibot';
import type { Accounts } from '../../accounts/accounts.ts';
import type { Identity } from '../../domain/identity.ts';
import type {
  AcceptedSchema,
  EndpointName,
  PathParam,
  QuerySchema,
  ReplySchema,
  RequestBody,
} from '../../protocol/endpoint-types.ts';
import { ENDPOINTS, type Endpoint } from '../../protocol/endpoints.ts';
import { requireToken } from './authorization.ts';
import { parseBody } from './json-body.ts';
import { parseQuery } from './query.ts';
import { type Header, json, type Reply } from './reply.ts';
import type { RequestHead } from './request.ts';

/** One request to an endpoint, as its handler sees it. */
export interface RequestContext<Name extends EndpointName = EndpointName> {
  readonly request: RequestHead;
  /** The client's address, as told by trusted proxies if there are any. */
  readonly address: string;
  /** The User-Agent header; null if there is none. */
  readonly userAgent: string | null;
  /** How the client reaches this server, without a trailing slash: `https://call.example.org`. */
  readonly origin: string;
  /** The `:name` segment of the path, decoded. */
  param(name: PathParam<(typeof ENDPOINTS)[Name]['path']>): string;
  /**
   * The body by the endpoint's schema; an empty one counts as `{}`.
   * @throws ParleyError `invalid_json`, `validation_failed`, `unsupported_media_type` [HT2] [HT5]
   */
  body(): RequestBody<Name>;
  /** The query's parameters by the endpoint's schema. @throws ParleyError `validation_failed` */
  query(): v.InferOutput<QuerySchema<Name>>;
  /** Who asks [HT3]; verified once for each request. @throws ParleyError `unauthorized`, `unavailable` */
  identity(): Promise<Identity>;
  /** Verifies again, for use after an await. @throws ParleyError `unauthorized` if the login has ended meanwhile */
  identityAnew(): Promise<Identity>;
  /** The JSON reply to success, with the endpoint's status. */
  reply(body: v.InferOutput<ReplySchema<Name>>, headers?: readonly Header[]): Reply;
  /** The JSON reply 202 to what is done later. */
  accept(body: v.InferOutput<AcceptedSchema<Name>>): Reply;
  /** Adds to what the log says if this is an admin's action [AD7]. Nothing secret. */
  note(facts: Facts): void;
  /** What was noted. */
  readonly noted: Facts;
}

type Facts = Readonly<Record<string, unknown>>;

/** Answers the requests to one endpoint. Whatever it throws is answered as a problem. */
export type Handler<Name extends EndpointName> = (context: RequestContext<Name>) => Reply | Promise<Reply>;

/** One handler for each endpoint. */
export type Handlers = { readonly [Name in EndpointName]: Handler<Name> };

interface RequestContextDeps<Name extends EndpointName> {
  readonly name: Name;
  readonly request: RequestHead;
  readonly address: string;
  readonly origin: string;
  readonly params: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
  readonly accounts: Pick<Accounts, 'verify'>;
}

export function createRequestContext<Name extends EndpointName>({
  name,
  request,
  address,
  origin,
  params,
  body,
  accounts,
}: RequestContextDeps<Name>): RequestContext<Name> {
  let identity: Promise<Identity> | undefined;
  let noted: Facts = {};
  const verify = async (): Promise<Identity> => accounts.verify(requireToken(request), { address });
  return {
    request,
    address,
    userAgent: request.headers.get('user-agent') ?? null,
    origin,
    param(param) {
      const value = params.get(param);
      if (value === undefined) throw new TypeError(`the endpoint ${name} has no :${param}`);
      return value;
    },
    body: () => parseBody(request, body, ENDPOINTS[name].request),
    query: () => parseQuery(request, querySchemaOf(name)),
    identity() {
      identity ??= verify();
      return identity;
    },
    identityAnew() {
      identity = verify();
      return identity;
    },
    reply(value, headers) {
      const endpoint: Endpoint = ENDPOINTS[name];
      return json(endpoint.reply.status, value, headers);
    },
    accept: (value) => json(202, value),
    note(facts) {
      noted = { ...noted, ...facts };
    },
    get noted() {
      return noted;
    },
  };
}

function querySchemaOf<Name extends EndpointName>(name: Name): QuerySchema<Name> {
  const { query }: Endpoint = ENDPOINTS[name];
  if (query === undefined) throw new TypeError(`the endpoint ${name} reads no query`);
  return query as QuerySchema<Name>;
}
