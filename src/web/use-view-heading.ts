import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** The first view is where the browser puts the focus by itself. */
let arrivedBefore = false;

/** Names the page after a view, and takes the focus to its heading where the view came in place of another. */
export function useViewHeading<T extends HTMLElement>(title: string): RefObject<T | null> {
  const heading = useRef<T>(null);
  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (arrivedBefore) heading.current?.focus({ preventScroll: true });
    arrivedBefore = true;
  }, []);
  return heading;
}
