import { colourOf, initialsOf } from './initials.ts';

/** Stands for somebody whose picture isn't there. */
export function Avatar({ name, seed }: { name: string; seed: string }) {
  return (
    <span class="avatar" style={{ background: colourOf(seed) }} aria-hidden="true">
      {initialsOf(name) || '•'}
    </span>
  );
}
