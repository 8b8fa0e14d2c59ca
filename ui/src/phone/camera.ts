// The phone's camera as a live picture. Only where the browser gives one: a secure context and a person's leave.

/** Whether there can be a viewfinder at all at this address. */
export const canLook = (): boolean => window.isSecureContext && navigator.mediaDevices?.getUserMedia !== undefined;

/** Largest wait for the camera's own still: some never answer. */
const STILL_MS = 4000;
const QUALITY = 0.92;

interface TorchTrack {
  torch?: boolean;
}
interface StillCamera {
  takePhoto(): Promise<Blob>;
}
type StillMaker = new (track: MediaStreamTrack) => StillCamera;

export interface Camera {
  stream: MediaStream;
  /** The track can switch a torch. */
  torch: boolean;
  setTorch(on: boolean): Promise<void>;
  /** The best picture the camera gives. */
  shoot(video: HTMLVideoElement): Promise<Blob>;
  stop(): void;
}

/** Opens the back camera at its highest resolution. Rejects when the person or the phone says no. */
export async function openCamera(): Promise<Camera> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 4032 }, height: { ideal: 3024 } }
  });
  const [track] = stream.getVideoTracks();
  if (!track) throw new Error('no camera');
  const can = (track.getCapabilities?.() ?? {}) as TorchTrack;
  const Maker = (window as { ImageCapture?: StillMaker }).ImageCapture;
  let still = Maker ? new Maker(track) : null;
  return {
    stream,
    torch: can.torch === true,
    setTorch: (on) => track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] }),
    async shoot(video) {
      if (still) {
        try {
          const blob = await within(STILL_MS, still.takePhoto());
          if (blob.size > 0 && blob.type === 'image/jpeg') return blob;
        } catch {
          // From here on the frame of the live picture: a camera that failed once would cost its wait every time.
        }
        still = null;
      }
      return frame(video);
    },
    stop: () => stream.getTracks().forEach((x) => x.stop())
  };
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too slow')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function frame(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('no picture'))), 'image/jpeg', QUALITY)
  );
}

/** A small square copy of a picture as a data URL; empty where the browser cannot read it (HEIC on some). */
export async function smallCopy(blob: Blob, side = 120): Promise<string> {
  try {
    const picture = await createImageBitmap(blob, { imageOrientation: 'from-image' });
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = side;
    const scale = Math.max(side / picture.width, side / picture.height);
    const [w, h] = [picture.width * scale, picture.height * scale];
    canvas.getContext('2d')?.drawImage(picture, (side - w) / 2, (side - h) / 2, w, h);
    picture.close();
    return canvas.toDataURL('image/jpeg', 0.7);
  } catch {
    return '';
  }
}

/** Grey numbers of what the camera sees right now, or `null` before the first frame. */
export function pixels(video: HTMLVideoElement, canvas: HTMLCanvasElement, side: number): ImageData | null {
  if (video.videoWidth === 0) return null;
  canvas.width = side;
  canvas.height = Math.max(1, Math.round((side * video.videoHeight) / video.videoWidth));
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return null;
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
