import { type CodecSupport, Codecs } from '../../../src/client/call/codecs/codecs.ts';

/** A runtime that says nothing about codecs, such as Node. */
export const NO_CODEC_SUPPORT: CodecSupport = { capabilities: undefined, hardware: Promise.resolve([]) };

export function noCodecs(): Codecs {
  return new Codecs({ ...NO_CODEC_SUPPORT, people: () => 2 });
}
