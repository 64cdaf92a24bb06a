"""Pictures (ISO 32000-2 8.9.5) made anew: exactly as many samples as they say, in one of two ways of packing them."""

from __future__ import annotations

from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Stream

from pdf.resources import bitmaps, jpegs, streams, values
from pdf.resources.colours import Colours, Space
from pdf.resources.streams import Layer
from pdf.resources.values import unclear

_BITS = frozenset({1, 2, 4, 8, 16})
_LONGEST = 65_535
_GRAY = Space(Name.DeviceGray, "DeviceGray", 1)
_GRAYS = frozenset({"DeviceGray", "CalGray", "ICCBased"})


@dataclass(frozen=True)
class _Grid:
    """How the samples of a picture lie."""

    width: int
    height: int
    bits: int
    space: Space | None  # none yet: JPEG 2000 may say it itself

    @property
    def length(self) -> int:
        """Bytes of all samples, rows filled up to whole bytes."""
        return (self.width * self.bits * (self.space or _GRAY).components + 7) // 8 * self.height


class Images:
    """The pictures of one file."""

    def __init__(self, colours: Colours) -> None:
        self._colours = colours

    def settle(self, image: Stream) -> None:
        """Write a picture and its masks anew in their places; raises `pdf_unclear`, PdfError `pdf_too_complex`."""
        if values.flag(image, "/ImageMask"):
            self.settle_stencil(image)
            return
        grid, data_is_jpeg = self._settle_samples(image, self._space(image))
        space = grid.space or _GRAY
        entries = _common(grid) | {"/BitsPerComponent": grid.bits, "/ColorSpace": space.written}
        entries["/Decode"] = _decode(image, space, grid.bits)
        entries |= self._masks(image, grid, can_key=not data_is_jpeg)
        _settle(image, entries)

    def settle_stencil(self, image: Stream) -> None:
        """A picture of one bit through which a colour is put."""
        bits = values.entry(image, "/BitsPerComponent")
        if not values.flag(image, "/ImageMask") or bits not in (None, 1):
            raise unclear("a stencil of more than one bit")
        grid, _ = self._settle_samples(image, _GRAY, bits=1)
        _settle(image, _common(grid) | {"/ImageMask": True, "/Decode": _decode(image, _GRAY, 1)})

    def _settle_soft(self, mask: Stream, grid: _Grid, components: int) -> None:
        """How much a picture shows at each place; Word writes with it upon which colour it was made (11.6.5.2)."""
        space = self._space(mask)
        if space is None or space.family not in _GRAYS or space.components != 1:
            raise unclear("a soft mask that is not gray")
        mine, _ = self._settle_samples(mask, _GRAY)
        entries = _common(mine) | {"/BitsPerComponent": mine.bits, "/ColorSpace": Name.DeviceGray}
        entries["/Decode"] = _decode(mask, _GRAY, mine.bits)
        if (matte := values.entry(mask, "/Matte")) is not None:
            found = values.numbers(matte, components, "matte", least=0)
            if any(each > 1 for each in found) or (mine.width, mine.height) != (grid.width, grid.height):
                raise unclear("a matte that does not fit")
            entries["/Matte"] = values.row(found)
        _settle(mask, entries)

    def _space(self, image: Stream) -> Space | None:
        said = values.entry(image, "/ColorSpace")
        if said is None:
            return None
        space = self._colours.read(said)
        if space.family == "Pattern":
            raise unclear("a picture of patterns")
        return space

    def _settle_samples(self, image: Stream, space: Space | None, *, bits: int | None = None) -> tuple[_Grid, bool]:
        """Put the samples in their one form; how they lie, and whether they are a JPEG."""
        width = values.whole(values.entry(image, "/Width"), "width of a picture", least=1, most=_LONGEST)
        height = values.whole(values.entry(image, "/Height"), "height of a picture", least=1, most=_LONGEST)
        layers = streams.layers_of(image)
        last = layers[-1] if layers and streams.is_of_pictures(layers[-1]) else None
        outer = layers[:-1] if last else layers
        if any(streams.is_of_pictures(layer) for layer in outer):
            raise unclear("a picture packed twice")
        if last is None:
            grid = _Grid(width, height, _bits(image) if bits is None else bits, _required(space))
            _settle_plain(image, grid, layers)
            return grid, False
        if last.filter in ("/CCITTFaxDecode", "/JBIG2Decode"):
            said = values.entry(image, "/BitsPerComponent")
            grid = _Grid(width, height, 1, _required(space))
            if said not in (None, 1) or (grid.space or _GRAY).components != 1:
                raise unclear("a fax of more than one bit")
        else:
            grid = _Grid(width, height, 8, space)
        streams.check_size(grid.length)
        data = streams.taken_off(image.read_raw_bytes(), outer)
        return _unpacked(image, data, last, grid)

    def _masks(self, image: Stream, grid: _Grid, *, can_key: bool) -> dict[str, object]:
        """Soft masks go before hard ones, in all readers (11.6.5.2)."""
        soft, hard = values.entry(image, "/SMask"), values.entry(image, "/Mask")
        components = (grid.space or _GRAY).components
        if soft is not None:
            mask = _picture(soft)
            self._settle_soft(mask, grid, components)
            return {"/SMask": mask}
        if hard is None:
            return {}
        if not isinstance(hard, Array):
            mask = _picture(hard)
            self.settle_stencil(mask)
            return {"/Mask": mask}
        keys = values.numbers(hard, 2 * components, "colours left out", least=0)
        whole = [values.whole(each, "colours left out", most=(1 << grid.bits) - 1) for each in keys]
        if not can_key or any(low > high for low, high in values.spans(whole)):
            raise unclear("colours left out of a picture")
        return {"/Mask": Array(whole)}


def _picture(value: object) -> Stream:
    """A mask: a stream that says that it is a picture."""
    mask = values.stream(value, "mask")
    if values.name(mask, "/Subtype") != "/Image":
        raise unclear("a mask that is no picture")
    return mask


def _common(grid: _Grid) -> dict[str, object]:
    return {"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": grid.width, "/Height": grid.height}


def _settle(image: Stream, entries: dict[str, object]) -> None:
    """Leave these entries alone; smoothing is kept, how the data is packed was said when it was written."""
    if values.flag(image, "/Interpolate"):
        entries["/Interpolate"] = True
    entries |= {key: values.entry(image, key) for key in ("/Filter", "/DecodeParms")}
    values.settle(image, entries)


def _required(space: Space | None) -> Space:
    if space is None:
        raise unclear("a picture without a colour space")
    return space


def _bits(image: Stream) -> int:
    bits = values.entry(image, "/BitsPerComponent")
    if isinstance(bits, bool) or bits not in _BITS:
        raise unclear("a picture of unusual depth")
    return values.whole(bits, "depth of a picture")


def _settle_plain(image: Stream, grid: _Grid, layers: list[Layer]) -> None:
    """Samples without loss; those that are packed as we would are checked, and not packed anew."""
    if grid.space is not None and grid.space.family == "Indexed" and grid.bits == 16:
        raise unclear("a palette of 16 bits")
    streams.check_size(grid.length)
    packed = image.read_raw_bytes()
    if [layer.filter for layer in layers] == ["/FlateDecode"]:
        parameters = _png(layers[0], grid)
        length = grid.length + grid.height if parameters else grid.length
        clean = None if parameters is None else streams.plain_flate(packed, length=length)
        if clean is not None:
            image.write(clean, filter=Name.FlateDecode, decode_parms=parameters or None)
            return
    samples = streams.taken_off(packed, layers)
    if len(samples) < grid.length:
        raise unclear("a picture that breaks off")
    streams.write(image, samples[: grid.length])


def _png(layer: Layer, grid: _Grid) -> Dictionary | None:
    """What is to be said of rows that are packed as in a PNG; empty where there is nothing; None for other ways."""
    predictor = values.entry(layer.parameters, "/Predictor")
    if predictor in (None, 1):
        return Dictionary()
    fits = {
        "/Colors": (grid.space or _GRAY).components,
        "/BitsPerComponent": grid.bits,
        "/Columns": grid.width,
    }
    usual = {"/Colors": 1, "/BitsPerComponent": 8, "/Columns": 1}
    said = {key: usual[key] if (value := values.entry(layer.parameters, key)) is None else value for key in fits}
    if predictor not in range(10, 16) or said != fits:
        return None
    return Dictionary({"/Predictor": 15, **fits})


def _unpacked(image: Stream, data: bytes, layer: Layer, grid: _Grid) -> tuple[_Grid, bool]:
    size = (grid.width, grid.height)
    if layer.filter == "/DCTDecode":
        jpeg = jpegs.cleaned(data, transform=_transform(layer))
        if (jpeg.width, jpeg.height) != size or jpeg.components != _required(grid.space).components:
            raise unclear("a JPEG that is not as the file says")
        image.write(jpeg.data, filter=Name.DCTDecode)
        return grid, True
    if layer.filter == "/JPXDecode":
        return _unpacked_jpx(image, data, grid), True
    streams.write(image, bitmaps.samples_of_fax(data, layer, size))
    return grid, False


def _unpacked_jpx(image: Stream, data: bytes, grid: _Grid) -> _Grid:
    if values.entry(image, "/SMaskInData") not in (None, 0):
        raise unclear("a JPEG 2000 picture with transparency")
    samples, components = bitmaps.samples_of_jpx(data, (grid.width, grid.height))
    space = grid.space or Space(
        {1: Name.DeviceGray, 3: Name.DeviceRGB}.get(components, Name.DeviceCMYK), "", components
    )
    if space.components != components or space.family == "Indexed":
        raise unclear("a JPEG 2000 picture that is not as the file says")
    streams.write(image, samples)
    return _Grid(grid.width, grid.height, 8, space)


def _transform(layer: Layer) -> int | None:
    said = values.entry(layer.parameters, "/ColorTransform")
    return None if said is None else values.whole(said, "turn of colours", most=1)


def _decode(image: Object, space: Space, bits: int) -> Array | None:
    """None for what is so anyway; turned round; raises `pdf_unclear` for anything between."""
    said = values.entry(image, "/Decode")
    if said is None:
        return None
    found = values.numbers(said, 2 * space.components, "decoding of a picture")
    if space.family == "Lab":
        return None
    top = (1 << bits) - 1 if space.family == "Indexed" else 1
    if found == [0, top] * space.components:
        return None
    if found == [top, 0] * space.components:
        return values.row(found)
    raise unclear("an unusual decoding of a picture")
