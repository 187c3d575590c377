#!/usr/bin/env python3
"""Compares what `Fuzz --replay` accepted with what second readers find in the same files.

Standard input: lines of a file's path, a tab, and "accepted DIGEST" or "refused SENTENCE". The digest is
the CRC-32 of the content as the reader's target under Tests/Fuzz/Targets describes it. A file that is accepted here
and is something else there, or nothing, is a finding.
"""

import json
import struct
import sys
import zlib


def idx(data):
    """zlib's own word on the members; zeros behind the last are padding."""
    if data[:2] != b"\x1f\x8b":
        return data
    content = b""
    while data.strip(b"\0"):
        inflater = zlib.decompressobj(31)
        content += inflater.decompress(data)
        if not inflater.eof:
            raise ValueError("cut off")
        data = inflater.unused_data
    return content


def safetensors(data):
    import numpy
    from safetensors import deserialize

    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "U32": "<u4", "I32": "<i4"}
    kinds |= {"U16": "<u2", "I16": "<i2", "I8": "i1", "U8": "u1"}
    content = b""
    for name, tensor in sorted(deserialize(data), key=lambda item: item[0].encode()):
        kind, shape, stored = tensor["dtype"], list(tensor["shape"]), bytes(tensor["data"])
        content += f"{name}\0{kind} {shape}\n".encode()
        if kind in ("U64", "C64", "BOOL"):
            continue
        if kind == "BF16":
            values = (numpy.frombuffer(stored, "<u2").astype("<u4") << 16).view("<f4")
        else:
            values = numpy.frombuffer(stored, kinds[kind])
        if kind[0] in "FB":
            with numpy.errstate(all="ignore"):
                values = values.astype("<f4")
            content += numpy.where(numpy.isnan(values), numpy.float32("nan"), values).tobytes()
        else:
            content += values.astype("<i8").tobytes()
    return content


def read_json(data):
    def members(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key twice")
        return dict(pairs)

    def constant(word):
        raise ValueError(word)

    value = json.loads(data, object_pairs_hook=members, parse_constant=constant)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def npy(data):
    import io
    import numpy
    from numpy.lib import format

    file = io.BytesIO(data)
    version = format.read_magic(file)[0]
    shape = [0, format.read_array_header_1_0, format.read_array_header_2_0][version](file)[0]
    if 0 in shape:  # It makes no array of some of them.
        return f"{list(shape)}\n".encode()
    with numpy.errstate(all="ignore"):
        values = numpy.load(io.BytesIO(data), allow_pickle=False).astype("<f4")
    return f"{list(values.shape)}\n".encode() + values.tobytes()


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


class TooLarge(Exception):
    """A picture that would take this program minutes."""


def unfiltered(kind, row, above, distance):
    for i, byte in enumerate(row):
        a = row[i - distance] if i >= distance else 0
        b, c = above[i], above[i - distance] if i >= distance else 0
        nearest = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
        row[i] = (byte + [0, a, b, (a + b) // 2, nearest][kind]) & 255
    return row


def png(data):
    place, header, palette, packed = 8, None, b"", b""
    while True:
        (count,) = struct.unpack_from(">I", data, place)
        kind, content = data[place + 4 : place + 8], data[place + 8 : place + 8 + count]
        (total,) = struct.unpack_from(">I", data, place + 8 + count)
        if total != zlib.crc32(kind + content):
            raise ValueError("check sum")
        place += 12 + count
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", content)
        elif kind == b"PLTE":
            palette = content
        elif kind == b"IDAT":
            packed += content
        elif kind == b"IEND":
            break
    width, height, depth, color, _, _, interlaced = header
    if width * height > 1 << 16:
        raise TooLarge
    samples, channels = {0: (1, 1), 2: (3, 3), 3: (1, 3), 4: (2, 1), 6: (4, 3)}[color]
    rows, start = bytearray(zlib.decompress(packed)), 0
    pixels = bytearray(width * height * channels)
    for left, top, across, down in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        columns, lines = range(left, width, across), range(top, height, down)
        if not columns or not lines:
            continue
        length = (len(columns) * samples * depth + 7) // 8
        above = bytearray(length)
        for y in lines:
            row = rows[start + 1 : start + 1 + length]
            above = unfiltered(rows[start], row, above, max(1, samples * depth // 8))
            start += 1 + length
            number = int.from_bytes(above, "big")
            for column, x in enumerate(columns):
                for channel in range(channels):
                    bit = (column * samples + (0 if color == 3 else channel)) * depth
                    value = number >> (8 * length - bit - depth) & ((1 << depth) - 1)
                    if color == 3:
                        value = palette[3 * value + channel]
                    else:
                        most = (1 << depth) - 1
                        value = (2 * 255 * value + most) // (2 * most)
                    pixels[(y * width + x) * channels + channel] = value
    if start != len(rows):
        raise ValueError("more pixels")
    return f"{[height, width, channels]}\n".encode() + pixels


READERS = {"idx": idx, "safetensors": safetensors, "json": read_json, "npy": npy, "png": png}


def main():
    reader = READERS[sys.argv[1]]
    accepted = refused = stricter = 0
    findings = []
    for line in sys.stdin:
        path, _, outcome = line.rstrip("\n").partition("\t")
        word, _, rest = outcome.partition(" ")
        with open(path, "rb") as file:
            data = file.read()
        try:
            digest = f"{zlib.crc32(reader(data)):08x}"
        except TooLarge:
            continue
        except ImportError as error:
            print(f"{sys.argv[1]}: not compared, {error}")
            return 0
        except Exception as error:
            digest = f"refused, {error}"
        if word == "accepted":
            accepted += 1
            if digest != rest:
                findings.append(f"{path}: {rest} here, {digest} there")
        else:
            refused += 1
            stricter += not digest.startswith("refused")
    for finding in findings[:10]:
        print(finding)
    print(f"{sys.argv[1]}: of {accepted} accepted files {len(findings)} differ; "
          f"of {refused} refused the second reader takes {stricter}")
    return 1 if findings else 0


sys.exit(main())
