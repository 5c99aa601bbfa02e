/* What makes a PDF do something, as names in its objects: also in parts that its own index leaves out. */

rule active_pdf
{
    meta:
        reason = "activeContent"
    strings:
        $script = /\/JavaScript[\s\/<>(\[]/
        $launch = /\/Launch[\s\/<>(\[]/
        $file = /\/EmbeddedFiles?[\s\/<>(\[]/
        $media = /\/RichMedia[\s\/<>(\[]/
        $form = /\/XFA[\s\/<>(\[]/
        $send = /\/(SubmitForm|ImportData|GoToE)[\s\/<>(\[]/
    condition:
        any of them
}
