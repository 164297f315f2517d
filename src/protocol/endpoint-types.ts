import type * as v from 'valibot';
import type { ENDPOINTS } from './endpoints.ts';

/** What the table of endpoints says, as types. */
type Endpoints = typeof ENDPOINTS;
export type EndpointName = keyof Endpoints;

/** The body of a request, parsed. */
export type RequestBody<Name extends EndpointName> = v.InferOutput<Endpoints[Name]['request']>;

/** The body of a request, as a client writes it. */
export type RequestInput<Name extends EndpointName> = v.InferInput<Endpoints[Name]['request']>;

/** The schemas of the queries of these endpoints; never if none is read. */
export type QuerySchema<Name extends EndpointName> = Schema<Name, 'query'>;

/** The schemas of the JSON replies; never for other replies. */
export type ReplySchema<Name extends EndpointName> = Name extends EndpointName
  ? Endpoints[Name]['reply'] extends { readonly body: infer Body extends v.GenericSchema }
    ? Body
    : never
  : never;

/** The schemas of the JSON bodies of 202 answers; never if there is none. */
export type AcceptedSchema<Name extends EndpointName> = Schema<Name, 'accepted'>;

/** One schema for each of the endpoints that have this field. */
type Schema<Name extends EndpointName, Field extends 'query' | 'accepted'> = Name extends EndpointName
  ? Endpoints[Name] extends { readonly [F in Field]: infer Found extends v.GenericSchema }
    ? Found
    : never
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
