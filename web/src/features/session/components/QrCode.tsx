import TQRCode from "tdesign-react/es/qrcode/QRCode";
import "tdesign-react/es/qrcode/style/css.js";

export function QrCode({ text, label }: { text: string; label: string }) {
  return (
    <div className="qr" role="img" aria-label={label}>
      <div aria-hidden="true">
        <TQRCode value={text} type="svg" size={168} borderless color="#000000" bgColor="#ffffff" />
      </div>
    </div>
  );
}
