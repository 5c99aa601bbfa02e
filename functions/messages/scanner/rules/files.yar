/* What no file may hold, nor any part of a document: `reason` is what its sender is told. */

rule eicar
{
    meta:
        reason = "malware"
        about = "The test file of the anti-malware industry, in hexadecimal so that this is none itself"
    strings:
        $start = { 58 35 4F 21 50 25 40 41 50 5B 34 5C 50 5A 58 35 34 28 50 5E 29 37 43 43 29 37 7D 24 45 49 43 41 52 }
    condition:
        $start
}

rule program
{
    meta:
        reason = "malware"
        about = "A program of Windows, Linux or macOS"
    condition:
        (uint16(0) == 0x5A4D and uint32(uint32(0x3C)) == 0x00004550)
        or uint32be(0) == 0x7F454C46
        or uint32be(0) == 0xCFFAEDFE
        or uint32be(0) == 0xFEEDFACF
}
