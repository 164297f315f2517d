import { socketAddress } from '../../codec/addresses.ts';
import { ATTRIBUTE, CLASS, METHOD } from '../../codec/attributes.ts';
import { type StunMessage, unknownAttributes } from '../../codec/message.ts';
import type { MessageWriter } from '../../codec/message-writer.ts';
import { REALM_BYTES, type RelayConf } from '../../conf/relay-conf.ts';
import type { ClientPath } from '../allocations/allocation.ts';
import type { Allocations } from '../allocations/allocations.ts';
import type { Counters } from '../stats.ts';
import type { AllocateOutcome } from './allocate.ts';
import type { Authenticator } from './authentication.ts';
import type { CheckTurns } from './check-budget.ts';
import {
  AUTHENTICATED_METHODS,
  failureOf,
  keptCopy,
  type Outcome,
  type Request,
  successOf,
} from './request.ts';
import type { AnswerKind, StrangerRate } from './unauthenticated-rate.ts';

/** Authenticated requests a second of one allocation; above, they are dropped as if lost on the way. */
export const TURN_REQUESTS = 250;
/**
 * Answers a second to one network address that has not authenticated, by UDP: so many to Binding and malformed requests, so
 * many challenges (401 and 438), so many 401s to wrong credentials.
 */
export const TURN_STRANGER_ANSWERS = 10;
/** Answers a second, of each kind, to an address that has an allocation: people behind one NAT start theirs together. */
export const TURN_NEIGHBOUR_ANSWERS = 250;

/** No unauthenticated answer is larger than this many times its question: nobody gains by forging a source. */
const AMPLIFICATION = 2.5;

interface ResponderDeps {
  conf: Pick<RelayConf, 'realm' | 'fingerprint'>;
  authenticator: Authenticator;
  allocations: Allocations;
  allocate: (request: Request) => AllocateOutcome;
  handle: (request: Request) => Outcome;
  rate: StrangerRate;
  /** Of strangers. */
  checks: CheckTurns;
  /** Those that failed for an address with an allocation, which may be forged. */
  failures: CheckTurns;
  counters: Counters;
  /** Milliseconds of the monotonic clock. */
  now: () => number;
}

/** An answer that anybody could have asked for, or one that only the holder of a key gets. */
/** `beyond`: bytes that the realm takes beyond what the amplification allows for. */
type Reply =
  | { readonly toAnyone: MessageWriter; readonly kind: AnswerKind; readonly beyond?: number }
  | { readonly toUser: Buffer };

/** Answers requests, each with exactly one message, strangers above their rate aside. Indications get none. */
export function createResponder(deps: ResponderDeps) {
  const { conf, authenticator, allocations, allocate, handle, rate, checks, failures, counters, now } = deps;

  // Without realm and nonce no client could come in: a long realm is sent all the same, within the stranger's rate.
  const realmBeyond = paddedBytes(conf.realm) - REALM_BYTES;

  /** Strangers by UDP only: an address on a stream, or one with an allocation on this 5-tuple, is no forgery. */
  function isStranger(path: ClientPath): boolean {
    return !path.stream && path.allocation === undefined;
  }

  function isUdpClient(path: ClientPath): boolean {
    return !path.stream && path.allocation !== undefined;
  }

  function limitOf(path: ClientPath): number {
    return allocations.isNeighbour(path.address) ? TURN_NEIGHBOUR_ANSWERS : TURN_STRANGER_ANSWERS;
  }

  /** RFC 8489 §6.3.1. */
  function binding(path: ClientPath, message: StunMessage): Reply {
    const unknown = unknownAttributes(message);
    if (unknown.length > 0) return toAnyone(unknownAnswer(message, unknown, ''));
    const address = socketAddress(path.address);
    if (address === undefined) return badRequest(message);
    counters.bindings++;
    return toAnyone(successOf(message).xorAddress(ATTRIBUTE.xorMappedAddress, address, path.port));
  }

  /** RFC 8489 §9.2.4; 401 and 438 carry what the client needs to try again. */
  function challenge(path: ClientPath, message: StunMessage, code: 401 | 438, kind: AnswerKind): Reply {
    counters.unauthorized++;
    const answer = failureOf(message, code, '')
      .text(ATTRIBUTE.realm, conf.realm)
      .bytes(ATTRIBUTE.nonce, authenticator.nonce(path.address));
    return { toAnyone: answer, kind, beyond: realmBeyond };
  }

  function authenticated(path: ClientPath, message: StunMessage): Reply {
    const verdict = authenticator.check(message, path.address, path.allocation?.user);
    if ('refusal' in verdict) {
      if (isUdpClient(path)) failures.take(path.address);
      if (verdict.refusal === 400) return badRequest(message);
      if (verdict.why === undefined) return challenge(path, message, verdict.refusal, 'challenge');
      counters.denials[verdict.why]++;
      return challenge(path, message, verdict.refusal, 'guess');
    }
    const { user } = verdict;
    // Only now: others can forge its address, not its key.
    if (path.allocation !== undefined) path.allocation.requests++;
    const finish = (answer: MessageWriter) =>
      answer.finish(user.key, message.fingerprint || conf.fingerprint);
    const unknown = unknownAttributes(message);
    if (unknown.length > 0) return { toUser: finish(unknownAnswer(message, unknown)) };
    const request = { message, path, user, now: now() };
    if (message.method === METHOD.allocate) return { toUser: allocated(request, finish) };
    const outcome = handle(request);
    const answer = typeof outcome === 'number' ? failureOf(message, outcome) : outcome(successOf(message));
    return { toUser: finish(answer) };
  }

  function allocated(request: Request, finish: (answer: MessageWriter) => Buffer): Buffer {
    const outcome = allocate(request);
    if (typeof outcome === 'number') return finish(failureOf(request.message, outcome));
    // A copy each time: what is sent belongs to the socket.
    if ('again' in outcome) return Buffer.from(outcome.again);
    const answer = finish(outcome.write(successOf(request.message)));
    outcome.allocation.answer = keptCopy(answer);
    return answer;
  }

  function replyTo(path: ClientPath, message: StunMessage): Reply {
    if (!message.wellFormed) {
      counters.denials.malformed++;
      return badRequest(message);
    }
    if (message.method === METHOD.binding) return binding(path, message);
    return AUTHENTICATED_METHODS.has(message.method) ? authenticated(path, message) : badRequest(message);
  }

  function send(path: ClientPath, message: StunMessage, reply: Reply): void {
    if ('toUser' in reply) {
      path.answer(reply.toUser);
      return;
    }
    if (isStranger(path) && !rate.take(reply.kind, path.address, limitOf(path))) {
      counters.unanswered++;
      return;
    }
    const whole = reply.toAnyone.finish(undefined, message.fingerprint);
    const fits = path.stream || whole.length - (reply.beyond ?? 0) <= message.bytes.length * AMPLIFICATION;
    path.answer(fits ? whole : failureOf(message, 400, '').finish(undefined, false));
  }

  return function respond(path: ClientPath, message: StunMessage): void {
    if (message.class !== CLASS.request) return;
    // Before any work: a stranger's request costs nothing once its rate, or its share of the checks, is spent.
    if (isStranger(path)) {
      const bare = message.integrityAt === undefined;
      const spent = bare
        ? rate.isSpent(kindOf(message), path.address, limitOf(path))
        : AUTHENTICATED_METHODS.has(message.method) && !checks.take(path.address);
      if (spent) {
        counters.unanswered++;
        return;
      }
    }
    // Before any work too: a client's flood of requests would cost others' media milliseconds at a time.
    if (message.method !== METHOD.binding && path.allocation !== undefined) {
      if (
        path.allocation.requests >= TURN_REQUESTS ||
        (isUdpClient(path) && failures.isSpent(path.address))
      ) {
        counters.unanswered++;
        return;
      }
    }
    send(path, message, replyTo(path, message));
  };
}

/** As an attribute's value takes (RFC 8489 §14). */
function paddedBytes(text: string): number {
  return Math.max(REALM_BYTES, Math.ceil(Buffer.byteLength(text) / 4) * 4);
}

/** What a request without credentials will be answered with. */
function kindOf({ method, wellFormed }: StunMessage): AnswerKind {
  return wellFormed && AUTHENTICATED_METHODS.has(method) ? 'challenge' : 'binding';
}

function toAnyone(answer: MessageWriter): Reply {
  return { toAnyone: answer, kind: 'binding' };
}

function badRequest(message: StunMessage): Reply {
  return toAnyone(failureOf(message, 400, ''));
}

/** 420 (RFC 8489 §6.3.1, §14.13). */
function unknownAnswer(message: StunMessage, unknown: readonly number[], reason?: string): MessageWriter {
  return failureOf(message, 420, reason).uint16s(ATTRIBUTE.unknownAttributes, unknown);
}
