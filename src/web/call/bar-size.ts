import { useMedia } from '../use-media.ts';

/**
 * How many controls the toolbar has room for; the others are in its menu. `large`: there is no menu. As in
 * `controls.css`.
 */
export type BarSize = 'small' | 'medium' | 'large';

export function useBarSize(): BarSize {
  const isSmall = useMedia('(width < 45rem)').value;
  const hasMenu = useMedia('(width < 66rem), (hover: none)').value;
  if (isSmall) return 'small';
  return hasMenu ? 'medium' : 'large';
}
