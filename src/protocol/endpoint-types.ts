import type * as v from 'valibot';
import type { ENDPOINTS } from './endpoints.ts';

/** What the table of endpoints says, as types. */
type Endpoints = typeof ENDPOINTS;
export type EndpointName = keyof Endpoints;

/** The body of a request, parsed. */
export type RequestBody<Name extends EndpointName> = v.InferOutput<Endpoints[Name]['request']>;

/** The body of a request, as a client writes it. */
export type RequestInput<Name extends EndpointName> = v.InferInput<Endpoints[Name]['request']>;

/** The schema of a query; never if none is read. */
export type QuerySchema<Name extends EndpointName> = Endpoints[Name] extends {
  readonly query: infer Schema extends v.GenericSchema;
}
  ? Schema
  : never;

/** The schema of a JSON reply; never for other replies. */
export type ReplySchema<Name extends EndpointName> = Endpoints[Name]['reply'] extends {
  readonly body: infer Schema extends v.GenericSchema;
}
  ? Schema
  : never;

/** The schema of the JSON body of a 202 answer; never if there is none. */
export type AcceptedSchema<Name extends EndpointName> = Endpoints[Name] extends {
  readonly accepted: infer Schema extends v.GenericSchema;
}
  ? Schema
  : never;

/** Names of the `:name` segments of a path. */
export type PathParam<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathParam<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** Method and path in one word, such as `POST /rooms`: how the SDK names an endpoint without shipping this table. */
export type EndpointLine = {
  [Name in EndpointName]: `${Endpoints[Name]['method']} ${Endpoints[Name]['path']}`;
}[EndpointName];

/** Names of the endpoints that answer at a line. */
export type EndpointAt<Line extends EndpointLine> = {
  [Name in EndpointName]: `${Endpoints[Name]['method']} ${Endpoints[Name]['path']}` extends Line
    ? Name
    : never;
}[EndpointName];
