// Reads a text/event-stream (WHATWG HTML §9.2.6) from chunks of text, comments included: they prove that the link lives.

export interface StreamEvent {
  event: string;
  data: string;
  id: string | null;
}

export interface StreamSink {
  onEvent(event: StreamEvent): void;
  onComment(): void;
}

/** A feeder: give it text as it arrives; whole events and comments come out at the sink. */
export function streamParser(sink: StreamSink): (chunk: string) => void {
  let rest = "";
  let event = "";
  let data: string[] = [];
  let id: string | null = null;
  let first = true;

  function line(text: string): void {
    if (text === "") {
      if (data.length > 0) sink.onEvent({ event: event || "message", data: data.join("\n"), id });
      event = "";
      data = [];
      return;
    }
    if (text.startsWith(":")) return sink.onComment();
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
  }

  return (chunk) => {
    let text = rest + chunk;
    if (first && text.length > 0) {
      text = text.replace(/^\uFEFF/, "");
      first = false;
    }
    // A CR at the very end may be the first half of CRLF: keep it for the next chunk.
    const held = text.endsWith("\r") ? text.slice(-1) : "";
    const lines = (held ? text.slice(0, -1) : text).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? "") + held;
    lines.forEach(line);
  };
}
