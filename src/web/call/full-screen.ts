import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { attempt } from '../ornament.ts';

/** What phones of Apple have in place of `requestFullscreen`, for videos alone. */
interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function canFillScreen(): boolean {
  return document.fullscreenEnabled === true || hasAppleVideos();
}

/** Fills the screen with an element, or shows the page again. */
export function toggleFullScreen(element: Element): void {
  attempt(() => {
    if (document.fullscreenElement !== null && document.fullscreenElement !== undefined) {
      return document.exitFullscreen();
    }
    if (document.fullscreenEnabled) return element.requestFullscreen();
    return appleVideoIn(element)?.webkitEnterFullscreen?.();
  });
}

/** Whether something of this page fills the screen. */
export function useFullScreen(): ReadonlySignal<boolean> {
  const full = useSignal(false);
  useEffect(() => {
    const look = () => {
      full.value = document.fullscreenElement !== null && document.fullscreenElement !== undefined;
    };
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  return full;
}

function hasAppleVideos(): boolean {
  return 'webkitEnterFullscreen' in HTMLVideoElement.prototype;
}

function appleVideoIn(element: Element): AppleVideo | null {
  return hasAppleVideos() ? element.querySelector<AppleVideo>('video') : null;
}
