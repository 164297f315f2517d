/** How a person and the room behind look. All but `beard`, `bun` and `long` are colours. */
export interface Look {
  readonly wall: readonly [light: string, dark: string];
  readonly skin: string;
  readonly hair: string;
  readonly shirt: string;
  readonly beard?: boolean;
  readonly bun?: boolean;
  readonly long?: boolean;
}

/** Runs in the page before its own scripts: the camera shows a drawn person who nods a little. */
export function drawCamera(look: Look): void {
  // Undefined if the page isn't secure.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  const ask = devices?.getUserMedia.bind(devices);
  if (ask === undefined) return;
  devices.getUserMedia = async (constraints) => {
    const stream = await ask(constraints);
    for (const real of stream.getVideoTracks()) {
      stream.removeTrack(real);
      real.stop();
      for (const track of drawn().getVideoTracks()) stream.addTrack(track);
    }
    return stream;
  };

  function drawn(): MediaStream {
    const canvas = document.createElement('canvas');
    canvas.width = 960;
    canvas.height = 540;
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('there is no canvas');
    let frame = 0;
    setInterval(() => {
      frame += 1;
      paint(context, 4 * Math.sin(frame / 10));
    }, 100);
    return canvas.captureStream(10);
  }

  /** @param nod pixels by which the head is lowered */
  function paint(on: CanvasRenderingContext2D, nod: number): void {
    const [light, dark] = look.wall;
    const wall = on.createLinearGradient(0, 0, 960, 540);
    wall.addColorStop(0, light);
    wall.addColorStop(1, dark);
    on.fillStyle = wall;
    on.fillRect(0, 0, 960, 540);
    if (look.long) oval(look.hair, 480, 260 + nod, 128, 165);
    oval(look.shirt, 480, 580, 270, 190);
    on.fillStyle = look.skin;
    on.fillRect(432, 330, 96, 80);
    oval(look.skin, 480, 405, 48, 30);
    if (look.bun) oval(look.hair, 480, 78 + nod, 60, 60);
    oval(look.hair, 480, 200 + nod, 116, 100);
    for (const side of [-1, 1]) oval(look.skin, 480 + side * 108, 250 + nod, 20, 28);
    oval(look.skin, 480, 250 + nod, 104, 122);
    // The hairline.
    oval(look.hair, 480, 162 + nod, 92, 46);
    if (look.beard) {
      oval(look.hair, 480, 320 + nod, 90, 66);
      oval(look.skin, 480, 268 + nod, 84, 50);
    }
    for (const side of [-1, 1]) {
      const x = 480 + side * 42;
      oval('#ffffff', x, 240 + nod, 18, 12);
      oval('#2b211c', x, 240 + nod, 8, 9);
      line(x - 20, 214 + nod, x, 204 + nod, x + 20, 214 + nod, look.hair);
    }
    line(480, 250 + nod, 468, 284 + nod, 484, 286 + nod, '#00000040');
    on.fillStyle = '#ffffff';
    on.strokeStyle = '#9c4a44';
    on.lineWidth = 5;
    on.beginPath();
    on.moveTo(444, 308 + nod);
    on.quadraticCurveTo(480, 344 + nod, 516, 308 + nod);
    on.closePath();
    on.fill();
    on.stroke();

    function oval(colour: string, x: number, y: number, width: number, height: number): void {
      on.fillStyle = colour;
      on.beginPath();
      on.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
      on.fill();
    }

    /** A curve from the first point to the last, bent toward the second. */
    function line(
      x: number,
      y: number,
      viaX: number,
      viaY: number,
      toX: number,
      toY: number,
      colour: string,
    ) {
      on.strokeStyle = colour;
      on.lineWidth = 7;
      on.lineCap = 'round';
      on.beginPath();
      on.moveTo(x, y);
      on.quadraticCurveTo(viaX, viaY, toX, toY);
      on.stroke();
    }
  }
}
