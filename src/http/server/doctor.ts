import { networkSet } from '../../lib/addresses.ts';
import { DOCTOR_HEADER, makeAnswer, nonceOf } from '../../lib/doctor-proof.ts';
import type { HttpDeps } from './deps.ts';
import type { Header } from './reply.ts';
import type { RequestContext } from './request-context.ts';

type DoctorDeps = Pick<HttpDeps, 'doctor' | 'clock' | 'trustedProxies'>;

/**
 * Returns what answers `parley doctor`: a header for a request that carries its question, none for any other, so that a
 * stranger can't tell that there is such a thing.
 */
export function createAnswerDoctor({
  doctor,
  clock,
  trustedProxies,
}: DoctorDeps): (context: Pick<RequestContext, 'request' | 'address'>) => readonly Header[] {
  const isTrusted = networkSet(trustedProxies);
  return ({ request: { headers, directPeer }, address }) => {
    const question = headers.get(DOCTOR_HEADER);
    if (question === undefined || doctor === undefined) return [];
    const { secret, settings, descriptors } = doctor;
    const nonce = nonceOf(secret, question);
    if (nonce === undefined) return [];
    const answer = {
      peer: directPeer,
      address,
      isForwarded: headers.has('x-forwarded-for'),
      isUpgrade: /^websocket$/i.test(headers.get('upgrade') ?? ''),
      isTrusted: isTrusted(directPeer),
      now: clock.now(),
      descriptors: Number.isFinite(descriptors) ? descriptors : null,
      settings,
    };
    return [[DOCTOR_HEADER, makeAnswer(secret, nonce, answer)]];
  };
}
