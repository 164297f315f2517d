import type * as v from 'valibot';
import type { Identity } from '../../domain/identity.ts';
import type { Reply } from './reply.ts';
import type { RequestHead } from './request.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request on its way through a handler. */
export interface Call {
  readonly request: RequestHead;
  /** The client's address, told by trusted proxies where there are any. */
  readonly address: string;
  /** How the client reaches this server, without a trailing slash: `https://call.example.org`. */
  readonly origin: string;
  /** The `:name` part of the path, decoded. */
  param(name: string): string;
  /**
   * The body; an empty one counts as `{}`.
   * @throws ParleyError `invalid_json`, `validation_failed`, `unsupported_media_type` [HT2] [HT5]
   */
  body<Schema extends v.GenericSchema>(schema: Schema): v.InferOutput<Schema>;
  /** Who asks [HT3]; verified once for each request. @throws ParleyError `unauthorized` */
  identity(): Promise<Identity>;
  /** Verified again, after something was waited for. @throws ParleyError `unauthorized` if the login has ended meanwhile */
  identityAnew(): Promise<Identity>;
}

/** Whatever it throws is answered as a problem. */
export type Handler = (call: Call) => Reply | Promise<Reply>;

export interface Route {
  readonly method: Method;
  /** Segments divided by `/`; `:name` stands for any one that is not empty, a last `*` for all that follow. */
  readonly path: string;
  readonly handle: Handler;
  /**
   * Only those with a good access token may ask. The token is looked at before the body [HT3]: without one the body is not
   * even received, and `handle` runs once the token has been verified. `user`: not with a token for one room; `bearer`: with
   * that too, where [TK4] says so or the handler compares the room.
   */
  readonly who?: 'user' | 'bearer';
  /** A GET that changes something is not run for HEAD. */
  readonly head?: false;
}
