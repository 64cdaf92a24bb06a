# Captions as screens show them.
captions-label = Captions
captions-off = Off
captions-waiting = Captions appear here as soon as the interpreter sends one.
captions-lost = The connection is interrupted; captions go on when it is back.
