import { colourOf, initialsOf } from './initials.ts';

/** Initials on a coloured disc, in place of a picture. */
export function Avatar({ name, seed }: { name: string; seed: string }) {
  return (
    <span class="avatar" style={{ background: colourOf(seed) }} aria-hidden="true">
      {initialsOf(name) || '•'}
    </span>
  );
}
