import { closeSync, openSync, writeSync } from 'node:fs';

/** What every camera of the bench delivers. */
export const CAMERA = { width: 640, height: 360, fps: 10 } as const;

/** The picture repeats after so many frames, without a jump. */
const FRAMES = 60;
/** Amplitude of the noise, as of a camera's sensor in a room. Without it an encoder has little to do. */
const NOISE = 6;

/**
 * Writes a picture that moves as a person before a camera does: still, textured background, a face that sways, sensor noise.
 * The file is the same each time.
 */
export function writeCamera(path: string): void {
  const { width, height, fps } = CAMERA;
  const file = openSync(path, 'w');
  try {
    writeSync(file, `YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
    const random = xorshift(0x9e3779b9);
    const chroma = Buffer.alloc((width * height) / 2, 128);
    for (let frame = 0; frame < FRAMES; frame += 1) {
      writeSync(file, 'FRAME\n');
      writeSync(file, luma(frame, random));
      writeSync(file, chroma);
    }
  } finally {
    closeSync(file);
  }
}

function luma(frame: number, random: () => number): Buffer {
  const { width, height } = CAMERA;
  const turn = (frame / FRAMES) * 2 * Math.PI;
  const [faceX, faceY] = [width / 2 + 50 * Math.sin(turn), height / 2 + 14 * Math.sin(2 * turn)];
  const [radiusX, radiusY] = [height / 5, height / 3.4];
  const pixels = Buffer.alloc(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [dx, dy] = [x - faceX, y - faceY];
      const isFace = (dx / radiusX) ** 2 + (dy / radiusY) ** 2 < 1;
      // Texture in the face moves along with it.
      const base = isFace
        ? 150 + 30 * Math.sin(dx / 5) * Math.cos(dy / 7)
        : 90 + 25 * Math.sin(x / 9 + y / 23) + (y * 40) / height;
      pixels[y * width + x] = base + (random() % NOISE) - NOISE / 2;
    }
  }
  return pixels;
}

/** Marsaglia's 32-bit generator. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
